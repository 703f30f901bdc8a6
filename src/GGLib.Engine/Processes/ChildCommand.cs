using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace GGLib.Engine.Processes;

/// <summary>
/// Wraps a command so that the kernel ends it with gglib. On Linux: a session of its own (a Ctrl-C in the terminal is gglib's to handle, not the
/// child's), the parent-death signal, and a look whether gglib is still there, because it may have been killed between the two.
/// </summary>
internal static class ChildCommand
{
    // exec all the way: the child keeps the process id that gglib sees.
    private const string StillThere = "[ \"$PPID\" = \"$1\" ] || exit 125; shift; exec \"$@\"";

    private static readonly string? SetSid = FindOnPath("setsid");

    // The system's own tool starts in two milliseconds; this program takes longer, but is always there.
    private static readonly string? SetPriv = OperatingSystem.IsLinux() && FindOnPath("setpriv") is { } tool && KnowsParentDeath(tool) ? tool : null;

    private static readonly string? OwnProgram = OperatingSystem.IsLinux() && Path.GetFileName(Environment.ProcessPath) is "gglib" ? Environment.ProcessPath : null;

    /// <summary>Whether a killed gglib takes its children with it on this machine; where not, the next start sweeps them.</summary>
    public static bool DiesWithParent => SetPriv is not null || OwnProgram is not null;

    public static List<string> Wrap(IReadOnlyList<string> command)
    {
        var self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (SetPriv is not null && SetSid is not null)
        {
            return [SetSid, SetPriv, "--pdeathsig", "KILL", "/bin/sh", "-c", StillThere, "gglib-child", self, .. command];
        }

        return OwnProgram is not null ? [OwnProgram, ChildEntry.Verb, self, .. command] : [.. command];
    }

    // Busybox has a tool of that name without the option.
    private static bool KnowsParentDeath(string tool)
    {
        try
        {
            using var trial = Process.Start(new ProcessStartInfo(tool, ["--pdeathsig", "KILL", "/bin/sh", "-c", ":"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            return trial is not null && trial.WaitForExit(TimeSpan.FromSeconds(5)) && trial.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static string? FindOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/bin")
            .Append("/bin")
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}

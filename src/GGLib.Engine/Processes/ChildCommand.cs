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

    private static readonly string? SetPriv = FindOnPath("setpriv");
    private static readonly string? SetSid = FindOnPath("setsid");

    /// <summary>Whether a killed gglib takes its children with it on this machine; where not, the next start sweeps them.</summary>
    public static bool DiesWithParent { get; } = OperatingSystem.IsLinux() && SetPriv is not null;

    public static List<string> Wrap(IReadOnlyList<string> command)
    {
        var wrapped = new List<string>();
        if (OperatingSystem.IsLinux() && SetSid is not null)
        {
            wrapped.Add(SetSid);
        }

        if (DiesWithParent)
        {
            wrapped.AddRange([SetPriv!, "--pdeathsig", "KILL", "/bin/sh", "-c", StillThere, "gglib-child", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        }

        wrapped.AddRange(command);
        return wrapped;
    }

    private static string? FindOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/bin")
            .Append("/bin")
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}

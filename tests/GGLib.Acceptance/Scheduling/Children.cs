using System.Diagnostics;
using System.Globalization;

namespace GGLib.Acceptance.Scheduling;

/// <summary>Every child that one server ever started: a shell notes its process id and becomes llama-server.</summary>
/// <param name="folder">Of this server alone; the children's models lie in it, so that its name in a command line tells them from every other process.</param>
internal sealed class Children(string folder)
{
    private string Notes => Path.Combine(folder, "started");

    private string Gate => Path.Combine(folder, "closed");

    /// <summary>The process ids of all children so far, in the order of their starts.</summary>
    public IReadOnlyList<int> Started => !File.Exists(Notes) ? [] : [.. Read(Notes).Split('\n')[..^1].Select(static line => int.Parse(line, CultureInfo.InvariantCulture))];

    /// <summary>Those that still run. Linux sees one that nobody has reaped as gone, others see it.</summary>
    public IReadOnlyList<int> Alive => [.. Started.Where(IsAlive)];

    /// <summary>What to run before llama-server's own arguments, given what is run without it.</summary>
    public IEnumerable<string> Command(IEnumerable<string> command) =>
        ["/bin/sh", "-c", $"echo $$ >> '{Notes}'; while [ -e '{Gate}' ]; do sleep 0.02; done; exec \"$@\"", "sh", .. command];

    /// <summary>Children started from now on wait before they load, until the gate is opened.</summary>
    public void CloseGate() => File.WriteAllText(Gate, "");

    public void OpenGate() => File.Delete(Gate);

    /// <summary>Kills it; false when it had ended.</summary>
    public bool Kill(int child)
    {
        try
        {
            using var process = Process.GetProcessById(child);

            // Looked at after the process is held: an id that has passed to a stranger is not killed.
            if (IsAlive(child))
            {
                process.Kill();
                return true;
            }
        }
        catch (ArgumentException)
        {
            // Gone.
        }

        return false;
    }

    /// <summary>It computes nothing and answers nothing from now on, but is there.</summary>
    public static async Task StopAsync(int child, CancellationToken cancellation)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -STOP {child.ToString(CultureInfo.InvariantCulture)}"]);
        await kill.WaitForExitAsync(cancellation);
        Assert.Equal(0, kill.ExitCode);
    }

    public bool IsAlive(int child)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                return File.ReadAllText($"/proc/{child.ToString(CultureInfo.InvariantCulture)}/cmdline").Contains(folder, StringComparison.Ordinal);
            }

            using var process = Process.GetProcessById(child);
            return !process.HasExited;
        }
        catch (Exception gone) when (gone is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Read(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}

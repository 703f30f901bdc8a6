using System.Diagnostics;
using System.Globalization;

namespace GGLib.Engine.Processes;

/// <summary>A process that cannot be mistaken for a later one with the same number.</summary>
/// <param name="Id">The process id.</param>
/// <param name="StartTime">When it started, in the operating system's own unit: comparable on one machine until it restarts.</param>
internal readonly record struct ProcessIdentity(int Id, long StartTime)
{
    /// <summary>The identity of a running process; null when there is none with that id.</summary>
    public static ProcessIdentity? Of(int id)
    {
        if (OperatingSystem.IsLinux())
        {
            return LinuxStartTime(id) is { } ticks ? new(id, ticks) : null;
        }

        try
        {
            using var process = Process.GetProcessById(id);
            return new(id, process.StartTime.ToUniversalTime().Ticks);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    public bool IsRunning => Of(Id) == this;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id} {StartTime}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static ProcessIdentity? Parse(string text)
    {
        var parts = text.Split(' ');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                ? new(id, start)
                : null;
    }

    // Process.StartTime goes through the wall clock, which may be set between two readings; the kernel's ticks since boot do not.
    private static long? LinuxStartTime(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            // The second field is the program's name in brackets and may hold anything, brackets too.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            // Field 3 is the state; a zombie has ended.
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

using System.Globalization;

namespace GGLib.Engine.Launching;

/// <summary>Memory that a new child may use, in bytes.</summary>
internal static class AvailableMemory
{
    /// <summary>What the operating system calls available, bounded by the limit this process runs under (a container's, for instance).</summary>
    public static long Read()
    {
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return Math.Min(limit, FromMemInfo() ?? limit);
    }

    private static long? FromMemInfo()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            foreach (var line in File.ReadLines("/proc/meminfo"))
            {
                // MemAvailable:   23456789 kB
                if (line.StartsWith("MemAvailable:", StringComparison.Ordinal)
                    && long.TryParse(line.AsSpan("MemAvailable:".Length).Trim().TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes))
                {
                    return kibibytes * 1024;
                }
            }
        }
        catch (IOException)
        {
            // No /proc: the runtime's own figure stands.
        }

        return null;
    }
}

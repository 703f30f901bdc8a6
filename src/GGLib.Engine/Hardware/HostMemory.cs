using System.Globalization;

namespace GGLib.Engine.Hardware;

/// <summary>The machine's own memory at a moment, in bytes.</summary>
/// <param name="TotalBytes">What the machine has.</param>
/// <param name="AvailableBytes">What new programs can have of it without others being swapped out, as the operating system reckons.</param>
/// <param name="LimitBytes">What the control group this process runs in may use, a container's for instance; null without a limit.</param>
/// <param name="LimitFreeBytes">What is left of that limit when files' pages are given back; null without a limit.</param>
public sealed record HostMemory(long TotalBytes, long AvailableBytes, long? LimitBytes, long? LimitFreeBytes)
{
    // An unlimited group of the first version says a number near 2⁶³.
    private const long NoLimit = 1L << 60;

    /// <summary>Reads the operating system's figures; costs some tens of microseconds.</summary>
    public static HostMemory Read() => OperatingSystem.IsLinux() ? ReadLinux("/") : Runtime();

    internal static HostMemory ReadLinux(string root)
    {
        var file = Path.Combine(root, "proc/meminfo");
        if (Field(file, "MemTotal:") is not { } kibibytes)
        {
            return Runtime();
        }

        var total = kibibytes * 1024;
        var available = (Field(file, "MemAvailable:") ?? kibibytes) * 1024;
        var (limit, free) = Limit(root);
        return limit < total ? new(total, available, limit, free) : new(total, available, null, null);
    }

    private static HostMemory Runtime()
    {
        var info = GC.GetGCMemoryInfo();
        var total = info.TotalAvailableMemoryBytes;
        return new(total, Math.Max(0, total - info.MemoryLoadBytes), null, null);
    }

    /// <summary>The tightest limit of the group and those it lies in.</summary>
    private static (long? Limit, long? Free) Limit(string root)
    {
        long? limit = null;
        long? free = null;
        foreach (var line in Lines(Path.Combine(root, "proc/self/cgroup")))
        {
            // "0::/user.slice" is the second version; "5:memory:/docker/…" the first.
            if (line.Split(':', 3) is not [_, var controllers, var path])
            {
                continue;
            }

            var (mount, most, used, stat) = controllers switch
            {
                "" => ("sys/fs/cgroup", "memory.max", "memory.current", ("active_file", "inactive_file")),
                _ when controllers.Split(',').Contains("memory") => ("sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", ("total_active_file", "total_inactive_file")),
                _ => default,
            };
            if (mount is null)
            {
                continue;
            }

            var top = Path.Combine(root, mount);
            for (var folder = Path.Combine(top, path.TrimStart('/')); folder.Length >= top.Length; folder = Path.GetDirectoryName(folder)!)
            {
                if (Number(Path.Combine(folder, most)) is not { } bytes || bytes >= NoLimit)
                {
                    continue;
                }

                var statFile = Path.Combine(folder, "memory.stat");
                var files = (Field(statFile, stat.Item1) ?? 0) + (Field(statFile, stat.Item2) ?? 0);
                var left = Math.Max(0, bytes - Math.Max(0, (Number(Path.Combine(folder, used)) ?? 0) - files));
                limit = Math.Min(limit ?? long.MaxValue, bytes);
                free = Math.Min(free ?? long.MaxValue, left);
            }
        }

        return (limit, free);
    }

    private static long? Number(string file) =>
        Lines(file).FirstOrDefault() is { } line && long.TryParse(line.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // "MemAvailable:   23456789 kB", "active_file 123": the number as it stands.
    private static long? Field(string file, string name)
    {
        foreach (var line in Lines(file))
        {
            if (line.StartsWith(name, StringComparison.Ordinal)
                && line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var text, ..]
                && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        return null;
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

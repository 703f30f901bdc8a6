using System.Globalization;

namespace GGLib.Serving.Ports;

/// <summary>The process behind a listening port, as far as the system shows it to this user: on Linux through <c>/proc</c>.</summary>
internal static class PortProcess
{
    private const string Listening = "0A";

    /// <summary>For example <c>process 4711 (ollama)</c>; null when it cannot be told.</summary>
    public static string? Find(int port)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            var sockets = Inodes("/proc/net/tcp", port).Concat(Inodes("/proc/net/tcp6", port)).Select(static inode => $"socket:[{inode}]").ToHashSet();
            return sockets.Count == 0 ? null : Directory.EnumerateDirectories("/proc")
                .Where(static folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .Where(folder => Holds(folder, sockets))
                .Select(static folder => $"process {Path.GetFileName(folder)} ({File.ReadAllText(Path.Combine(folder, "comm")).Trim()})")
                .FirstOrDefault();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Lines read <c>sl local_address rem_address st … inode</c>, with the local port as hexadecimal digits behind a colon.</summary>
    private static IEnumerable<string> Inodes(string table, int port)
    {
        var ending = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return File.Exists(table)
            ? File.ReadLines(table).Skip(1)
                .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(ending, StringComparison.Ordinal))
                .Select(static fields => fields[9])
            : [];
    }

    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(process, "fd")).Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another user's, or gone.
            return false;
        }
    }
}

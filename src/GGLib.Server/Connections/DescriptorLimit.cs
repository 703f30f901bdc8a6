using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace GGLib.Server.Connections;

/// <summary>The process's limit of open file descriptors (<c>RLIMIT_NOFILE</c>), and the number of connections that fit below it.</summary>
internal static partial class DescriptorLimit
{
    // Descriptors for everything but clients and their engine connections: the runtime, the catalog, children's pipes, downloads.
    private const long Reserve = 100;

    // A client's connection, and the connection to the engine that answers it.
    private const long PerConnection = 2;

    private const long FewestConnections = 16;

    /// <summary>Raises the soft limit to the hard limit, and returns how many connections may be open at once; null where there is no such limit.</summary>
    public static long? MostConnections() => OperatingSystem.IsWindows() || RaiseToHard() is not { } limit ? null : Math.Max(FewestConnections, (limit - Reserve) / PerConnection);

    [UnsupportedOSPlatform("windows")]
    private static long? RaiseToHard()
    {
        var resource = OperatingSystem.IsLinux() ? 7 : 8;
        if (GetLimit(resource, out var limit) != 0)
        {
            return null;
        }

        var raised = limit with { Soft = limit.Hard };
        if (limit.Soft < limit.Hard && SetLimit(resource, raised) == 0)
        {
            limit = raised;
        }

        return limit.Soft > int.MaxValue ? int.MaxValue : (long)limit.Soft;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private record struct Limit
    {
        public nuint Soft;
        public nuint Hard;
    }
}

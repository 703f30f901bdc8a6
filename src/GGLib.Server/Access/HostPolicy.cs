using System.Net;
using System.Net.Sockets;

namespace GGLib.Server.Access;

/// <summary>
/// Decides which <c>Host</c> headers are accepted while the server listens on loopback only. This blocks DNS rebinding: a web page whose name is changed to resolve to this machine still sends its own name.
/// Source: Ollama's documentation.
/// </summary>
internal static class HostPolicy
{
    private static readonly string[] LocalEndings = [".localhost", ".local", ".internal"];

    // Cached: reading it is a system call.
    private static readonly string MachineName = Environment.MachineName;

    /// <summary>Whether requests with this host are accepted.</summary>
    /// <param name="host">The <c>Host</c> header without its port.</param>
    public static bool Allows(string host)
    {
        if (host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.Equals(MachineName, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (IPAddress.TryParse(host.Trim('[', ']'), out var address))
        {
            return IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || IsPrivate(address);
        }

        return LocalEndings.Any(ending => host.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsPrivate(IPAddress address)
    {
        if (address.AddressFamily is AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6UniqueLocal;
        }

        Span<byte> bytes = stackalloc byte[4];
        return address.TryWriteBytes(bytes, out _)
            && (bytes[0] == 10 || (bytes[0] == 172 && bytes[1] is >= 16 and < 32) || (bytes[0] == 192 && bytes[1] == 168));
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using GGLib.Engine.Connections;
using GGLib.Engine.Launching;

namespace GGLib.Engine.Processes;

/// <summary>Where a child listens: a private Unix-domain socket, or on Windows a loopback port behind a random key.</summary>
internal sealed class RunnerAddress
{
    private RunnerAddress(EndPoint endPoint, string? apiKey)
    {
        EndPoint = endPoint;
        ApiKey = apiKey;
    }

    public EndPoint EndPoint { get; }

    /// <summary>The key that keeps other users and browsers out where a socket file's permissions cannot; null on a Unix socket.</summary>
    public string? ApiKey { get; }

    public string? SocketPath => (EndPoint as UnixDomainSocketEndPoint)?.ToString();

    /// <summary>A socket at the path. A stale file there would make the bind fail: it is deleted.</summary>
    public static RunnerAddress UnixSocket(string path)
    {
        File.Delete(path);
        return new RunnerAddress(new UnixDomainSocketEndPoint(path), null);
    }

    /// <summary>A socket or a port that nothing is going to listen on: for showing what a launch would look like.</summary>
    public static RunnerAddress Example() => OperatingSystem.IsWindows()
        ? new(new IPEndPoint(IPAddress.Loopback, 49152), "KEY")
        : new(new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), "gglib.sock")), null);

    /// <summary>A free loopback port. Another program can take it before the child does; the child then fails to start, and says so.</summary>
    public static RunnerAddress Loopback()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new RunnerAddress(probe.LocalEndPoint!, RandomNumberGenerator.GetHexString(32, lowercase: true));
    }

    /// <summary>What tells llama-server to listen here.</summary>
    public IEnumerable<LaunchArgument> Arguments()
    {
        if (EndPoint is IPEndPoint ip)
        {
            var origin = new ValueOrigin(OriginKind.Default, "a free loopback port behind a random key");
            return [new("--host", ip.Address.ToString(), origin), new("--port", ip.Port.ToString(CultureInfo.InvariantCulture), origin), new("--api-key", ApiKey!, origin)];
        }

        // llama-server takes a path that ends in .sock for a Unix socket.
        return [new("--host", SocketPath!, new(OriginKind.Default, "a private socket"))];
    }

    /// <summary>
    /// A client of the child, with a fresh connection for each request. llama-server 0.7.0 promises to keep connections but closes them unannounced after the
    /// second streamed answer, so that every other request on a kept one met a closed door. A connection over a Unix socket costs some tens of microseconds.
    /// </summary>
    /// <param name="traffic">Notes what comes from the child; null: nobody does.</param>
    public RunnerHandler CreateHandler(Traffic? traffic = null) => new(EndPoint, traffic);
}

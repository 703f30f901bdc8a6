using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

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

    /// <summary>A free loopback port. Another program can take it before the child does; the child then fails to start, and says so.</summary>
    public static RunnerAddress Loopback()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new RunnerAddress(probe.LocalEndPoint!, RandomNumberGenerator.GetHexString(32, lowercase: true));
    }

    public void AddArguments(List<string> arguments)
    {
        if (EndPoint is IPEndPoint ip)
        {
            arguments.AddRange(["--host", ip.Address.ToString(), "--port", ip.Port.ToString(CultureInfo.InvariantCulture), "--api-key", ApiKey!]);
        }
        else
        {
            // llama-server takes a path that ends in .sock for a Unix socket.
            arguments.AddRange(["--host", SocketPath!]);
        }
    }

    /// <summary>
    /// A client of the child, with a fresh connection for each request. llama-server 0.7.0 promises to keep connections but closes them unannounced after the
    /// second streamed answer, so that every other request on a kept one met a closed door. A connection over a Unix socket costs some tens of microseconds.
    /// </summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = TimeSpan.Zero,
        MaxConnectionsPerServer = int.MaxValue,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = EndPoint is IPEndPoint
                ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
                : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(EndPoint, cancellation).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}

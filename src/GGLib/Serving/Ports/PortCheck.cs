using System.Net;
using System.Net.Sockets;
using GGLib.Configuration;

namespace GGLib.Serving.Ports;

/// <summary>Looks whether an address can be listened on, before anything that takes time is done.</summary>
internal static class PortCheck
{
    /// <summary>
    /// The address to listen on, its host made an IP address (or <c>localhost</c>, which is both loopbacks), or why not and who has it.
    /// </summary>
    public static async Task<Attempt<ServerAddress>> FindAsync(ServerAddress wanted, CancellationToken cancellation)
    {
        if (wanted is { Host: "localhost", Port: 0 })
        {
            // A free port of one loopback may not be free on the other.
            wanted = wanted with { Host = "127.0.0.1" };
        }

        if (await ResolveAsync(wanted.Host, cancellation).ConfigureAwait(false) is not { Length: > 0 } addresses)
        {
            return new CommandFailure(ExitCode.Usage, $"There is no host '{wanted.Host}'. Give --host (or {ServerAddress.Variable}) an address of this machine, such as 127.0.0.1 or 0.0.0.0.");
        }

        var address = wanted.Host is "localhost" ? wanted : wanted with { Host = addresses[0].ToString() };
        foreach (var candidate in wanted.Host is "localhost" ? addresses : addresses[..1])
        {
            switch (TryListen(candidate, wanted.Port))
            {
                case SocketError.Success:
                    break;
                case SocketError.AddressAlreadyInUse:
                    return await TakenAsync(address, cancellation).ConfigureAwait(false);
                case SocketError.AccessDenied:
                    return new CommandFailure(ExitCode.PortTaken, $"This user may not listen on port {wanted.Port}. Choose one above 1023, for example --port {ServerAddress.DefaultPort}.");
                case SocketError.AddressNotAvailable:
                    return new CommandFailure(ExitCode.Usage, $"{candidate} is no address of this machine. Give --host (or {ServerAddress.Variable}) one that is, such as 127.0.0.1 or 0.0.0.0.");

                // A machine without IPv6 still has the other localhost.
                case SocketError.AddressFamilyNotSupported when wanted.Host is "localhost":
                    break;
                case var error:
                    return new CommandFailure(ExitCode.Failure, $"Cannot listen on {address}: {new SocketException((int)error).Message}.");
            }
        }

        return address;
    }

    /// <summary>The failure for an address that somebody else listens on.</summary>
    public static async Task<CommandFailure> TakenAsync(ServerAddress address, CancellationToken cancellation)
    {
        var owner = await PortOwner.AskAsync(address, cancellation).ConfigureAwait(false);
        var other = address.Port < 65535 ? address.Port + 1 : ServerAddress.DefaultPort;
        return new CommandFailure(ExitCode.PortTaken, $"Port {address.Port} is taken by {owner}. Stop it, or choose another port: --port {other}, or {ServerAddress.Variable}={address with { Port = other }}.");
    }

    private static async Task<IPAddress[]?> ResolveAsync(string host, CancellationToken cancellation)
    {
        if (host is "localhost")
        {
            return Socket.OSSupportsIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];
        }

        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }

        try
        {
            return await Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            return null;
        }
    }

    private static SocketError TryListen(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return SocketError.Success;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode;
        }
    }
}

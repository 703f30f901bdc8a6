using System.Net.Sockets;

namespace GGLib.Bench.Load;

/// <summary>One client: its connection, and the answer it is reading.</summary>
internal sealed class Connection(Endpoint endpoint, byte[] request) : IDisposable
{
    private Socket? _socket;

    public AnswerReader Reader { get; } = new(endpoint.Name, endpoint.Dialect);

    /// <summary>The socket's descriptor; -1 without one.</summary>
    public int Descriptor { get; private set; } = -1;

    /// <summary>When the request was sent, as a time stamp.</summary>
    public long SentAt { get; private set; }

    public bool FirstSeen { get; set; }

    public bool Busy { get; private set; }

    /// <summary>Sends the request, on a new connection when there is none. True when it is a new one.</summary>
    public bool Send()
    {
        var fresh = _socket is null;
        if (_socket is null)
        {
            _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            _socket.Connect(endpoint.Address);
            _socket.Blocking = false;
            Descriptor = (int)_socket.SafeHandle.DangerousGetHandle();
        }

        Reader.Reset();
        FirstSeen = false;
        Busy = true;
        SentAt = System.Diagnostics.Stopwatch.GetTimestamp();
        return _socket.Send(request) == request.Length ? fresh : throw Reader.Bad("the request does not fit into the socket");
    }

    public void Rest() => Busy = false;

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
        Descriptor = -1;
    }
}

using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace GGLib.Engine.Connections;

/// <summary>Writes one request to a socket; a short one leaves in one piece. As a stream it takes the body. Not thread-safe.</summary>
internal sealed class RequestWriter(Socket socket) : Stream
{
    // Head and body together up to here are sent at once; a longer body goes from where it is.
    private const int OnePiece = 64 * 1024;

    private byte[] _head = [];
    private bool _headSent;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="SocketException">The other side is gone.</exception>
    /// <exception cref="NotSupportedException">The length of the body is not known.</exception>
    public async ValueTask SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        _head = Encoding.Latin1.GetBytes(Head(request));
        if (request.Content is { } content)
        {
            await content.CopyToAsync(this, cancellation).ConfigureAwait(false);
        }

        if (!_headSent)
        {
            await SendAllAsync(_head, cancellation).ConfigureAwait(false);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_headSent)
        {
            await SendAllAsync(buffer, cancellationToken).ConfigureAwait(false);
            return;
        }

        _headSent = true;
        var length = _head.Length + buffer.Length;
        if (length > OnePiece)
        {
            await SendAllAsync(_head, cancellationToken).ConfigureAwait(false);
            await SendAllAsync(buffer, cancellationToken).ConfigureAwait(false);
            return;
        }

        var both = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            _head.CopyTo(both, 0);
            buffer.CopyTo(both.AsMemory(_head.Length));
            await SendAllAsync(both.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(both);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static string Head(HttpRequestMessage request)
    {
        var uri = request.RequestUri!;
        var head = new StringBuilder(256);
        head.Append(request.Method.Method).Append(' ').Append(uri.PathAndQuery).Append(" HTTP/1.1\r\nHost: ").Append(uri.Authority).Append("\r\nConnection: close\r\n");
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            Append(name, values.ToString());
        }

        if (request.Content is { } content)
        {
            foreach (var (name, values) in content.Headers.NonValidated)
            {
                if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                {
                    Append(name, values.ToString());
                }
            }

            Append("Content-Length", content.Headers.ContentLength is { } length ? length.ToString(CultureInfo.InvariantCulture) : throw new NotSupportedException("a body of unknown length"));
        }

        return head.Append("\r\n").ToString();

        void Append(string name, string value) => head.Append(name).Append(": ").Append(value).Append("\r\n");
    }

    private async ValueTask SendAllAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellation).ConfigureAwait(false)..];
        }
    }
}

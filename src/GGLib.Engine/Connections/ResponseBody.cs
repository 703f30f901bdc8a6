using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using GGLib.Engine.Processes;

namespace GGLib.Engine.Connections;

/// <summary>
/// The body of an answer, read straight from the socket into the reader's buffer. On the token path: a read allocates nothing. One reader at a time; ending it closes the
/// connection.
/// </summary>
/// <param name="socket">The connection; owned.</param>
/// <param name="traffic">Notes what comes; null: nobody does.</param>
/// <param name="begun">What came together with the head, in an array of the shared pool; owned.</param>
/// <param name="isChunked">Whether the bytes are cut into chunks with marks.</param>
/// <param name="length">How many bytes are to come where that is told; else they end with the connection.</param>
internal sealed class ResponseBody(Socket socket, Traffic? traffic, ArraySegment<byte> begun, bool isChunked, long? length) : Stream
{
    private ArraySegment<byte> _begun = begun;
    private ChunkDecoder _chunks;
    private long _left = length ?? long.MaxValue;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">The connection broke, or ended before the body did.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty && !_chunks.HasEnded && _left > 0)
        {
            var read = TakeBegun(buffer.Span);
            if (read == 0)
            {
                try
                {
                    read = await socket.ReceiveAsync(_left < buffer.Length ? buffer[..(int)_left] : buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
                {
                    throw new IOException(exception.Message, exception);
                }

                traffic?.Add();
            }

            if (read == 0)
            {
                return !isChunked && length is null ? 0 : throw new HttpIOException(HttpRequestError.ResponseEnded, "the engine closed the connection before its answer was whole");
            }

            if (!isChunked)
            {
                _left -= read;
                return read;
            }

            if (_chunks.Decode(buffer.Span[..read]) is > 0 and var data)
            {
                return data;
            }
        }

        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
            GiveBack();
        }

        base.Dispose(disposing);
    }

    private int TakeBegun(Span<byte> into)
    {
        var count = (int)Math.Min(Math.Min(into.Length, _begun.Count), _left);
        if (count > 0)
        {
            _begun.AsSpan(0, count).CopyTo(into);
            _begun = _begun[count..];
        }

        if (_begun.Count == 0)
        {
            GiveBack();
        }

        return count;
    }

    private void GiveBack()
    {
        if (_begun.Array is { Length: > 0 } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }

        _begun = ArraySegment<byte>.Empty;
    }
}

namespace GGLib.Server.Streaming;

/// <summary>Fails when an event does not end within a limit, so that a faulty engine cannot fill the memory. Reading only.</summary>
internal sealed class LimitedStream(Stream inner, int longestEvent) : Stream
{
    private int _sinceLineEnd;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        var lineEnd = buffer.Span[..read].LastIndexOf((byte)'\n');
        _sinceLineEnd = lineEnd < 0 ? _sinceLineEnd + read : read - lineEnd - 1;
        return _sinceLineEnd <= longestEvent
            ? read
            : throw new InvalidDataException($"an event of the engine's stream exceeds {longestEvent} bytes");
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

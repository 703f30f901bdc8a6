namespace GGLib.Tests.Gguf;

/// <summary>A file of many gigabytes that is a few given bytes and then zeros, without a disk.</summary>
internal sealed class HugeStream(byte[] head, long length) : Stream
{
    /// <summary>How many bytes have been read from it.</summary>
    public long BytesRead { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var to = buffer[..(int)Math.Min(buffer.Length, Math.Max(0, length - Position))];
        to.Clear();
        if (Position < head.Length)
        {
            var from = head.AsSpan((int)Position);
            from[..Math.Min(from.Length, to.Length)].CopyTo(to);
        }

        Position += to.Length;
        BytesRead += to.Length;
        return to.Length;
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }
}

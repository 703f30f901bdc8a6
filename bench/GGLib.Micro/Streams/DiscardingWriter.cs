using System.IO.Pipelines;

namespace GGLib.Micro.Streams;

/// <summary>A client that takes everything at once: what is flushed is gone.</summary>
internal sealed class DiscardingWriter : PipeWriter
{
    // More than a whole answer.
    private readonly byte[] _bytes = new byte[1 << 20];
    private int _length;

    public override void Advance(int bytes) => _length += bytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _bytes.AsMemory(_length);

    public override Span<byte> GetSpan(int sizeHint = 0) => _bytes.AsSpan(_length);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        _length = 0;
        return default;
    }

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null) => _length = 0;
}

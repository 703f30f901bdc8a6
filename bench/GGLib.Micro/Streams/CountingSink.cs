using GGLib.Server.Streaming;

namespace GGLib.Micro.Streams;

/// <summary>Takes an answer's pieces and does nothing with them, so that the reader alone is measured.</summary>
internal sealed class CountingSink : IStreamEventSink
{
    public long Bytes { get; private set; }

    public void Accept(scoped in StreamEvent piece) => Bytes += piece.Text.Length;
}

namespace GGLib.Server.Streaming;

/// <summary>Finds the engine's counts in bytes that are passed on unread: the last event of a stream, or a whole small answer.</summary>
internal sealed class UsageWatch : IStreamEventSink
{
    private static ReadOnlySpan<byte> Mark => "\"timings\":"u8;

    /// <summary>What was found so far.</summary>
    public TokenUsage Seen { get; private set; }

    /// <param name="bytes">Whole events, or the part of an answer that a read brought.</param>
    public void Look(ReadOnlySpan<byte> bytes)
    {
        var mark = bytes.LastIndexOf(Mark);
        if (mark < 0)
        {
            return;
        }

        var start = bytes[..mark].LastIndexOf((byte)'\n') + 1;
        var line = bytes[start..];
        var end = line.IndexOf((byte)'\n');
        line = end < 0 ? line : line[..end];
        ChunkReader.Read(line.StartsWith("data: "u8) ? line[6..] : line, this);
    }

    public void Accept(scoped in StreamEvent piece)
    {
        if (piece.Kind is StreamEventKind.Usage)
        {
            Seen = Seen.With(piece.Usage);
        }
    }
}

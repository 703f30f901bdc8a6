namespace GGLib.Server.Streaming;

/// <summary>Identifies events that contain text, in relayed bytes.</summary>
/// <param name="Before">The bytes before the text.</param>
/// <param name="Not">Bytes after <paramref name="Before"/> that mark an event without text; empty for none.</param>
internal sealed record TextMark(ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> Not = default)
{
    /// <summary>The mark of <c>/v1/chat/completions</c>, whose first event contains only the role.</summary>
    public static TextMark Chat { get; } = new("\"delta\":{\""u8.ToArray(), "role"u8.ToArray());

    /// <summary>The mark of <c>/v1/completions</c>.</summary>
    public static TextMark Completion { get; } = new("\"text\":\""u8.ToArray(), "\""u8.ToArray());

    /// <summary>Counts the events that contain text.</summary>
    public int CountIn(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        for (int at; (at = bytes.IndexOf(Before.Span)) >= 0;)
        {
            bytes = bytes[(at + Before.Length)..];
            count += Not.IsEmpty || !bytes.StartsWith(Not.Span) ? 1 : 0;
        }

        return count;
    }
}

namespace GGLib.Server.Streaming;

/// <summary>What stands in an event of a dialect that holds a piece of text.</summary>
/// <param name="Before">What stands before the text.</param>
/// <param name="Not">What follows in an event that is none after all; empty for nothing.</param>
internal sealed record TextMark(ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> Not = default)
{
    /// <summary>Of <c>/v1/chat/completions</c>; the first event says the role only.</summary>
    public static TextMark Chat { get; } = new("\"delta\":{\""u8.ToArray(), "role"u8.ToArray());

    /// <summary>Of <c>/v1/completions</c>.</summary>
    public static TextMark Completion { get; } = new("\"text\":\""u8.ToArray(), "\""u8.ToArray());

    /// <summary>Of <c>/v1/responses</c>.</summary>
    public static TextMark Response { get; } = new("\"delta\":\""u8.ToArray());

    /// <summary>Of <c>/v1/messages</c>.</summary>
    public static TextMark Message { get; } = new("\"delta\":{\"type\":\""u8.ToArray(), "signature"u8.ToArray());

    /// <summary>How many events hold text.</summary>
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

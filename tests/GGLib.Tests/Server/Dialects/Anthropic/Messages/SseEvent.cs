using System.Text.Json;

namespace GGLib.Tests.Server.Dialects.Anthropic.Messages;

/// <summary>One event of a stream.</summary>
internal sealed record SseEvent(string Name, JsonElement Data)
{
    /// <summary>A short form of the events of blocks: <c>start 0 text</c>, <c>delta 0 </c> and the text escaped, <c>stop 0</c>; null for others.</summary>
    public string? Block => Name switch
    {
        "content_block_start" => $"start {Index} {Data.GetProperty("content_block").GetProperty("type").GetString()}",
        "content_block_delta" => $"delta {Index} {Data.GetProperty("delta").EnumerateObject().Last().Value.GetRawText()[1..^1]}",
        "content_block_stop" => $"stop {Index}",
        _ => null,
    };

    public int Index => Data.GetProperty("index").GetInt32();

    /// <summary>Reads a stream; every event must have the form that Anthropic's have.</summary>
    public static IReadOnlyList<SseEvent> Parse(string text)
    {
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        var events = new List<SseEvent>();
        foreach (var piece in text[..^2].Split("\n\n"))
        {
            var lines = piece.Split('\n');
            Assert.Equal(2, lines.Length);
            Assert.StartsWith("event: ", lines[0], StringComparison.Ordinal);
            Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
            var parsed = new SseEvent(lines[0][7..], JsonElement.Parse(lines[1][6..]));
            Assert.Equal(parsed.Name, parsed.Data.GetProperty("type").GetString());
            events.Add(parsed);
        }

        return events;
    }
}

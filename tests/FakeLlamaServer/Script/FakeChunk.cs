using System.Text.Json;

namespace FakeLlama.Script;

/// <summary>One token's event. Exactly one field is set.</summary>
internal sealed record FakeChunk
{
    public string? Content { get; set; }

    public string? Reasoning { get; set; }

    /// <summary>The raw array of a <c>tool_calls</c> delta: <c>[{"index":0,"function":{"arguments":"{"}}]</c>.</summary>
    public JsonElement? ToolCalls { get; set; }

    /// <summary>A whole delta as raw JSON, sent as it is.</summary>
    public JsonElement? Delta { get; set; }

    /// <summary>A whole event as raw text, its line ends included: <c>data: {"error":…}\n\n</c>, <c>: ping\n\n</c>.</summary>
    public string? Raw { get; set; }
}

using System.Text.Json;

namespace FakeLlama.Script;

/// <summary>An answer that depends on the conversation: the first turn whose conditions hold answers a chat. An absent condition holds.</summary>
internal sealed record FakeTurn
{
    /// <summary>The role of the last message.</summary>
    public string? Last { get; set; }

    /// <summary>Text that the last message contains, escapes as in JSON.</summary>
    public string? Contains { get; set; }

    /// <summary>The name of a tool that the request offers; empty for a request without tools.</summary>
    public string? Offers { get; set; }

    /// <summary>As <see cref="FakeScript.Text"/>.</summary>
    public string Text { get; set; } = "";

    /// <summary>As <see cref="FakeScript.Chunks"/>.</summary>
    public IReadOnlyList<FakeChunk> Chunks { get; set; } = [];

    public bool Matches(JsonElement body)
    {
        var last = body.TryGetProperty("messages", out var messages) && messages.GetArrayLength() is > 0 and var count ? messages[count - 1] : default;
        return (Last is null || (last.ValueKind is JsonValueKind.Object && last.GetProperty("role").ValueEquals(Last)))
            && (Contains is null || (last.ValueKind is JsonValueKind.Object && last.GetRawText().Contains(Contains, StringComparison.Ordinal)))
            && (Offers is null || Tools(body).Contains(Offers) || (Offers.Length == 0 && !Tools(body).Any()));
    }

    private static IEnumerable<string?> Tools(JsonElement body) =>
        body.TryGetProperty("tools", out var tools) ? tools.EnumerateArray().Select(static tool => tool.GetProperty("function").GetProperty("name").GetString()) : [];
}

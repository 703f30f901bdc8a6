using System.Text.Json;

namespace GGLib.Client.Wire;

/// <summary>What <c>/api/chat</c> is asked. What is null is not sent.</summary>
internal sealed record ChatQuestion
{
    public required string Model { get; init; }

    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>True, false, or a level.</summary>
    public JsonElement? Think { get; init; }

    /// <summary><c>"json"</c> or a schema.</summary>
    public JsonElement? Format { get; init; }

    /// <summary>Seconds, or a duration such as <c>"5m"</c>.</summary>
    public JsonElement? KeepAlive { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}

using System.Text.Json.Serialization;

namespace GGLib.Catalog.Registries.Plans;

/// <summary>A line of a layer of messages.</summary>
internal sealed record OllamaMessage(
    [property: JsonPropertyName("role")] string? Role,
    [property: JsonPropertyName("content")] string? Content);

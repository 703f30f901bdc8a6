using System.Text.Json.Serialization;

namespace GGLib.Catalog.Registries.Plans;

/// <summary>A line of a manifest.</summary>
internal sealed record OllamaLayer(
    [property: JsonPropertyName("mediaType")] string? MediaType,
    [property: JsonPropertyName("digest")] string? Digest,
    [property: JsonPropertyName("size")] long Size);

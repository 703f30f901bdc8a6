using System.Text.Json.Serialization;

namespace GGLib.Catalog.Registries.Plans;

/// <summary>A manifest as the registry has it.</summary>
internal sealed record OllamaManifest(
    [property: JsonPropertyName("schemaVersion")] int SchemaVersion,
    [property: JsonPropertyName("mediaType")] string? MediaType,
    [property: JsonPropertyName("config")] OllamaLayer? Config,
    [property: JsonPropertyName("layers")] OllamaLayer?[]? Layers);

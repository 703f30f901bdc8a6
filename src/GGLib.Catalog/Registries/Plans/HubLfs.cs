using System.Text.Json.Serialization;

namespace GGLib.Catalog.Registries.Plans;

/// <summary>What Git LFS knows of a file: its SHA-256 and its size.</summary>
internal sealed record HubLfs(
    [property: JsonPropertyName("oid")] string? Oid,
    [property: JsonPropertyName("size")] long Size);

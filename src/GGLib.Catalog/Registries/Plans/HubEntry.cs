using System.Text.Json.Serialization;

namespace GGLib.Catalog.Registries.Plans;

/// <summary>An entry of the Hub's tree of a repository.</summary>
internal sealed record HubEntry(
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("path")] string? Path,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("lfs")] HubLfs? Lfs);

using System.Text.Json.Serialization;

namespace GGLib.Engine.Installation.Releases;

/// <summary>A release as GitHub's API describes it, as far as it is needed. The reader leaves absent parts null.</summary>
internal sealed record Release(
    [property: JsonPropertyName("tag_name")] string? Tag,
    [property: JsonPropertyName("assets")] ReleaseAsset[]? Assets)
{
    /// <summary>The files, without holes.</summary>
    internal IReadOnlyList<ReleaseAsset> Files => [.. (Assets ?? []).OfType<ReleaseAsset>()];
}

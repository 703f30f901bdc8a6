using System.Text.Json.Serialization;

namespace GGLib.Engine.Installation.Releases;

/// <summary>One file of a release; <see cref="Digest"/> is <c>sha256:</c> and 64 hexadecimal digits.</summary>
internal sealed record ReleaseAsset(
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("digest")] string? Digest,
    [property: JsonPropertyName("browser_download_url")] string? Url);

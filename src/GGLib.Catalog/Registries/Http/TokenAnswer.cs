using System.Text.Json.Serialization;

namespace GGLib.Catalog.Registries.Http;

/// <summary>What an authorisation server hands out, under either of its two names.</summary>
internal sealed record TokenAnswer(
    [property: JsonPropertyName("token")] string? Token,
    [property: JsonPropertyName("access_token")] string? AccessToken);

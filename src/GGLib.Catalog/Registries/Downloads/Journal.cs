using System.Text.Json.Serialization;

namespace GGLib.Catalog.Registries.Downloads;

/// <summary>What a partial download has, as it lies on disk beside it.</summary>
/// <param name="Size">The whole's bytes.</param>
/// <param name="Validator">Which version of the file this is of, where the digest does not say.</param>
/// <param name="Parts">The parts, in order, without holes.</param>
internal sealed record Journal(
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("validator")] string? Validator,
    [property: JsonPropertyName("parts")] JournalPart[] Parts);

using System.Text.Json.Serialization;

namespace GGLib.Catalog.Registries.Downloads;

/// <summary>One part as the journal has it.</summary>
/// <param name="Length">Its bytes.</param>
/// <param name="Done">How many of them, from its beginning, are on disk for certain.</param>
/// <param name="Sha256">The SHA-256 of the part as it came, once it is whole: what is found otherwise later was spoilt here.</param>
internal sealed record JournalPart(
    [property: JsonPropertyName("length")] long Length,
    [property: JsonPropertyName("done")] long Done,
    [property: JsonPropertyName("sha256")] string? Sha256);

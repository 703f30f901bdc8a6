using System.Text.Json.Serialization;

namespace GGLib.Rendering.Json;

/// <summary>A file of a model, for scripts. The role is <c>weights</c>, <c>projector</c>, <c>adapter</c> or <c>draft</c>; the SHA-256 is there once it has been computed, or the file is named by it.</summary>
internal sealed record ModelFileJson(
    string Path,
    string Role,
    long SizeBytes,
    DateTimeOffset ModifiedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sha256);

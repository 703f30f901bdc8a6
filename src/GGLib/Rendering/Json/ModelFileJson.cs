using System.Text.Json.Serialization;

namespace GGLib.Rendering.Json;

/// <summary>A file of a model, for scripts. The role is <c>weights</c> or <c>projector</c>; the SHA-256 is there once a server has computed it.</summary>
internal sealed record ModelFileJson(
    string Path,
    string Role,
    long SizeBytes,
    DateTimeOffset ModifiedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sha256);

namespace GGLib.Rendering.Json;

/// <summary>A file of a model, for scripts. The role is <c>weights</c> or <c>projector</c>.</summary>
internal sealed record ModelFileJson(string Path, string Role, long SizeBytes, DateTimeOffset ModifiedAt);

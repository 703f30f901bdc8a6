using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>A row of the database. <paramref name="Facts"/> is null when they have to be read from the file again.</summary>
internal sealed record StoredModel(
    ModelName Name, string Path, string? ProjectorPath, FileStamp Stamp, DateTimeOffset AddedAt, ModelFacts? Facts);

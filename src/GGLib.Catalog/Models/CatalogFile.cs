namespace GGLib.Catalog;

/// <summary>One of a model's files, as it was when the catalog last looked. Immutable.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Role">What it is to the model.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="ModifiedAt">When it last changed, in UTC.</param>
public sealed record CatalogFile(string Path, FileRole Role, long SizeBytes, DateTimeOffset ModifiedAt)
{
    internal FileStamp Stamp => new(SizeBytes, ModifiedAt);
}

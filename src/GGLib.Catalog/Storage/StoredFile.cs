namespace GGLib.Catalog;

/// <summary>A file of a model as the database's <c>files</c> column has it.</summary>
internal sealed record StoredFile(string Path, FileRole Role, long Size, long Ticks);

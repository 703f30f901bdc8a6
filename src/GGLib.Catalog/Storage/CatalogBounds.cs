namespace GGLib.Catalog;

/// <summary>How long the catalog's database is waited for, and how large it may grow.</summary>
/// <param name="BusySeconds">A write that another connection holds up for much longer than this fails.</param>
/// <param name="MostPages">Pages of the file; null: as many as the disk holds. SQLite takes the pages that are there already where this is less.</param>
internal sealed record CatalogBounds(int BusySeconds = 5, int? MostPages = null)
{
    public static CatalogBounds Usual { get; } = new();
}

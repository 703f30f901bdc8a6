namespace GGLib.Catalog.Creation;

/// <summary>A model that was taken out of the library.</summary>
/// <param name="Model">As it was.</param>
/// <param name="FreedBytes">Bytes of the blobs that no other model names, which are deleted; 0 when its files are not the library's own.</param>
public sealed record RemovedModel(CatalogModel Model, long FreedBytes);

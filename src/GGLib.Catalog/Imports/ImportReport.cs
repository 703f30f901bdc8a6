using System.Collections.Immutable;

namespace GGLib.Catalog.Imports;

/// <summary>What reading a store has changed.</summary>
/// <param name="Store">The store.</param>
/// <param name="Added">Models that are new in the catalog.</param>
/// <param name="Updated">Models that it describes in another way than before.</param>
/// <param name="Unchanged">How many were there already.</param>
/// <param name="Vanished">Names that it has no more.</param>
/// <param name="Problems">A sentence for each model that could not be taken. Names are in it as they are.</param>
public sealed record ImportReport(
    ModelStore Store,
    ImmutableArray<CatalogModel> Added,
    ImmutableArray<CatalogModel> Updated,
    int Unchanged,
    ImmutableArray<ModelName> Vanished,
    ImmutableArray<string> Problems);

using GGLib.Catalog;

namespace GGLib.Server.Inference;

/// <summary>A model with the context that a request gets from it.</summary>
/// <param name="Model">The model.</param>
/// <param name="ContextLength">Prompt and answer of one request, in tokens.</param>
internal sealed record ModelWithContext(CatalogModel Model, int ContextLength);

namespace GGLib.Catalog.Templates.Parsing;

/// <summary>A parsed template.</summary>
/// <param name="Root">What stands outside definitions.</param>
/// <param name="Definitions">What <c>define</c> and <c>block</c> name; the empty name is the root.</param>
internal sealed record TemplateTree(IReadOnlyList<Node> Root, IReadOnlyDictionary<string, IReadOnlyList<Node>> Definitions);

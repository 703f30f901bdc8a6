namespace GGLib.Catalog.Templates.Values;

/// <summary>How a composite value is printed.</summary>
internal enum PrintForm
{
    /// <summary>As Go prints it: <c>[a b]</c>, <c>map[k:v]</c>, <c>{a b}</c>.</summary>
    Go,

    /// <summary>As JSON: Ollama's types for tools and arguments say so.</summary>
    Json,

    /// <summary>A list of types of which there is mostly one: that one, else <c>[a b]</c>.</summary>
    TypeNames,
}

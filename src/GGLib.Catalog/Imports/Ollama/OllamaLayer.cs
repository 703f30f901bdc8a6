namespace GGLib.Catalog.Imports.Ollama;

/// <summary>A layer of a manifest.</summary>
/// <param name="Kind">What it is: the last word of its media type, such as <c>model</c>.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
internal sealed record OllamaLayer(string Kind, string Sha256);

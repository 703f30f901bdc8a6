namespace GGLib.Rendering.Json;

/// <summary>A store of another program, for scripts. The kind is <c>ollama</c>, <c>hf</c>, <c>lmstudio</c> or <c>folder</c>; models counts those that are shown.</summary>
internal sealed record StoreJson(string Kind, string Path, bool IsImported, bool IsThere, int Models);

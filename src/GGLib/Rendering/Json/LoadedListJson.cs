namespace GGLib.Rendering.Json;

/// <summary>The loaded models, for scripts.</summary>
internal sealed record LoadedListJson(IReadOnlyList<LoadedModelJson> Models);

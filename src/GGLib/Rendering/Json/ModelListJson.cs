namespace GGLib.Rendering.Json;

/// <summary>The library, for scripts. An object, so that more can be said one day.</summary>
internal sealed record ModelListJson(IReadOnlyList<ModelJson> Models);

namespace GGLib.Rendering.Json;

/// <summary>The stores of other programs, for scripts.</summary>
internal sealed record StoreListJson(IReadOnlyList<StoreJson> Stores);

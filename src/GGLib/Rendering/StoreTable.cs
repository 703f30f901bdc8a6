using GGLib.Rendering.Json;

namespace GGLib.Rendering;

/// <summary>The stores of other programs: a table on a terminal, aligned columns elsewhere.</summary>
internal static class StoreTable
{
    private static readonly TextTable Table = new(["STORE", "IMPORTED", "MODELS", "PATH"], "STORE", "IMPORTED", "MODELS");

    public static void Print(Screen screen, IReadOnlyList<StoreJson> stores) => Table.Print(screen, [.. stores.Select(static store => new[]
    {
        store.Kind,
        store.IsImported ? "yes" : "no",
        store.IsImported ? Quantity.Whole(store.Models) : "-",
        SafeText.OneLine(store.Path, 4096) + (store.IsThere ? "" : " (missing)"),
    })]);
}

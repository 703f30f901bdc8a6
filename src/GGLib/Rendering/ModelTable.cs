using GGLib.Catalog;

namespace GGLib.Rendering;

/// <summary>The library: a table on a terminal, aligned columns elsewhere.</summary>
internal static class ModelTable
{
    // The path has what the others leave.
    private static readonly TextTable Table = new(["NAME", "SIZE", "PARAMETERS", "QUANTISATION", "CONTEXT", "CAPABILITIES", "SOURCE", "PATH"], "NAME", "SIZE", "CONTEXT");

    public static void Print(Screen screen, IReadOnlyList<CatalogModel> models) => Table.Print(screen, [.. models.Select(Row)]);

    private static string[] Row(CatalogModel model) =>
    [
        model.Name.Display,
        Quantity.Bytes(model.SizeBytes),
        model.Facts.ParameterSize,
        model.Facts.Quantization,
        model.Facts.ContextLength > 0 ? Quantity.Whole(model.Facts.ContextLength) : "-",
        model.Facts.Capabilities.IsEmpty ? "-" : string.Join(',', model.Facts.Capabilities),
        SourceText.Of(model),
        SafeText.OneLine(model.Path, 4096) + Extras(model) + model.State switch { FileState.Missing => " (missing)", FileState.Unreadable => " (unreadable)", _ => model.ChangedAt is null ? "" : " (changed)" },
    ];

    private static string Extras(CatalogModel model) =>
        (model.PartCount > 1 ? $" ({model.PartCount} parts)" : "")
        + (model.ProjectorPath is { } projector ? " + " + SafeText.OneLine(Path.GetFileName(projector), 255) : "");
}

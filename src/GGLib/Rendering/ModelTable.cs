using GGLib.Catalog;
using Spectre.Console;

namespace GGLib.Rendering;

/// <summary>The library: a table on a terminal, aligned columns elsewhere.</summary>
internal static class ModelTable
{
    private static readonly string[] Headings = ["NAME", "SIZE", "PARAMETERS", "QUANTISATION", "CONTEXT", "CAPABILITIES", "PATH"];

    public static void Print(Screen screen, IReadOnlyList<CatalogModel> models)
    {
        var rows = models.Select(Row).ToList();
        if (screen.IsTerminal)
        {
            PrintTable(screen, rows);
            return;
        }

        List<string[]> all = [Headings, .. rows];
        var widths = Enumerable.Range(0, Headings.Length).Select(column => all.Max(row => row[column].Length)).ToArray();
        foreach (var row in all)
        {
            screen.Line(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    private static void PrintTable(Screen screen, List<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach (var heading in Headings)
        {
            // A name is pasted into commands: it is never broken. The path has what is left.
            var column = new TableColumn(new Markup($"[bold]{heading.ToLowerInvariant()}[/]"));
            table.AddColumn(heading is "NAME" or "SIZE" or "CONTEXT" ? column.NoWrap() : column);
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(static cell => new Text(cell)));
        }

        screen.Terminal.Write(table);
    }

    private static string[] Row(CatalogModel model) =>
    [
        model.Name.Display,
        Quantity.Bytes(model.SizeBytes),
        model.Facts.ParameterSize,
        model.Facts.Quantization,
        model.Facts.ContextLength > 0 ? Quantity.Whole(model.Facts.ContextLength) : "-",
        model.Facts.Capabilities.IsEmpty ? "-" : string.Join(',', model.Facts.Capabilities),
        SafeText.OneLine(model.Path, 4096) + Extras(model) + model.State switch { FileState.Missing => " (missing)", FileState.Unreadable => " (unreadable)", _ => model.ChangedAt is null ? "" : " (changed)" },
    ];

    private static string Extras(CatalogModel model) =>
        (model.PartCount > 1 ? $" ({model.PartCount} parts)" : "")
        + (model.ProjectorPath is { } projector ? " + " + SafeText.OneLine(Path.GetFileName(projector), 255) : "");
}

using GGLib.Catalog;
using GGLib.Catalog.Imports;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Importing;

/// <summary>Imports stores and says what came of it.</summary>
internal static class ImportRun
{
    private const int LongestLine = 4096;

    public static void Run(ModelCatalog catalog, Surroundings around, ModelStore store, CancellationToken cancellation)
    {
        var screen = around.Screen;
        var report = catalog.Import(store, cancellation);
        screen.Line(screen.Paint.Bold($"{char.ToUpperInvariant(store.Title[0])}{store.Title[1..]} {SafeText.OneLine(store.Path, LongestLine)}"));
        foreach (var model in report.Added)
        {
            screen.Line($"  Added '{model.Name}'  {model.Facts}  {Quantity.Bytes(model.SizeBytes)}");
        }

        foreach (var model in report.Updated)
        {
            screen.Line($"  Updated '{model.Name}'  {model.Facts}  {Quantity.Bytes(model.SizeBytes)}");
        }

        foreach (var name in report.Vanished)
        {
            screen.Line($"  Gone '{name}'");
        }

        foreach (var problem in report.Problems)
        {
            screen.Note("Not imported: " + SafeText.OneLine(problem, LongestLine));
        }

        var count = report.Added.Length + report.Updated.Length + report.Unchanged;
        screen.Line(count == 0
            ? "  There is no model in it that can be run now."
            : $"  {Quantity.Whole(count)} {(count == 1 ? "model" : "models")}, {(report.Added.IsEmpty ? "none" : Quantity.Whole(report.Added.Length))} new; nothing was copied.");
    }
}

using System.CommandLine;
using System.CommandLine.Completions;
using GGLib.Catalog;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Commands;

/// <summary>Model names for completion, without a server.</summary>
internal static class ModelNames
{
    /// <summary>The library's, or the demo models' when it is empty. A completion must never fail: whatever is wrong, there are none.</summary>
    public static IEnumerable<string> Known(Surroundings around)
    {
        try
        {
            // Opening would make the folder; pressing Tab must not.
            string[] names = [];
            if (Directory.Exists(around.DataFolder))
            {
                using var catalog = ModelCatalog.Open(around.DataFolder, around.Time);
                names = [.. catalog.List().Select(static model => ModelText.Short(model.Name))];
            }

            return names.Length > 0 || !Directory.Exists(around.DemoModels)
                ? names
                : [.. Directory.EnumerateFiles(around.DemoModels, "*.gguf").Select(static file => ModelText.Short(ModelName.FromFileName(file)))];
        }
        catch (Exception error) when (error is CatalogException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The same for an argument that takes one: none when it has one already and another word is being typed.</summary>
    public static IEnumerable<string> For(Argument<string> argument, CompletionContext context, Surroundings around) =>
        context.ParseResult.GetResult(argument)?.Tokens is [var given] && given.Value != context.WordToComplete ? [] : Known(around);
}

using GGLib.Catalog;
using GGLib.Configuration;
using GGLib.Gguf;
using GGLib.Library;
using GGLib.Rendering;

namespace GGLib.Serving;

/// <summary>Which models a server offers, and which of them it shows first.</summary>
/// <param name="Models">All of them.</param>
/// <param name="AreDemo">Whether they are the bundled demo models, because the library is empty.</param>
/// <param name="Chosen">The one asked for with <c>--model</c>.</param>
internal sealed record ServedModels(IReadOnlyList<CatalogModel> Models, bool AreDemo, CatalogModel? Chosen)
{
    private const string DemoChat = "demo-chat";

    /// <summary>The library's models, else the demo models; and the one named, which may also be a file.</summary>
    public static Attempt<ServedModels> Choose(ModelCatalog catalog, Surroundings around, string? named)
    {
        CatalogModel? chosen = null;
        if (named is not null && catalog.Find(named) is null && LooksLikeAFile(named))
        {
            if (!AddFile(catalog, named).Succeeded(out chosen, out var failure))
            {
                return failure;
            }
        }

        var areDemo = catalog.List().All(static model => model.IsTransient);
        if (areDemo)
        {
            AddDemoModels(catalog, around.DemoModels);
        }

        if (named is not null)
        {
            chosen ??= catalog.Find(named);
            if (chosen is null)
            {
                return new CommandFailure(ExitCode.NoModel, $"There is no model '{SafeText.OneLine(named)}'.{UnknownModel.Hint(catalog, named)} (a GGUF file is named by its path, such as ./{SafeText.OneLine(named)}.gguf)");
            }

            if (chosen.IsMissing)
            {
                return new CommandFailure(ExitCode.NoModel, Unusable(chosen));
            }
        }

        return new ServedModels(catalog.List(), areDemo, chosen);
    }

    /// <summary>The model to ask first: the one chosen, the demo chat model, any that chats, any that embeds; null when none can be used.</summary>
    public CatalogModel? First() =>
        Chosen
        ?? Usable(Capability.Completion).FirstOrDefault(static model => model.Name.Model == DemoChat)
        ?? Usable(Capability.Completion).FirstOrDefault()
        ?? Usable(Capability.Embedding).FirstOrDefault(static model => !model.Facts.IsReranker);

    /// <summary>Why <see cref="First"/> is null.</summary>
    public CommandFailure NothingUsable() => new(ExitCode.NoModel, Models.Count == 0
        ? "There is no model to serve. Add one with: gglib add /path/to/model.gguf"
        : string.Join('\n', ["No model of the library can be used now.", .. Models.Where(static model => model.IsMissing).Take(10).Select(static model => "  " + Unusable(model))]));

    private static string Unusable(CatalogModel model) => model.State is FileState.Missing
        ? $"'{model.Name}' cannot be used: its file '{model.Path}' is not there."
        : $"'{model.Name}' cannot be used: '{model.Path}' is no readable model any more.";

    private IEnumerable<CatalogModel> Usable(string capability) => Models.Where(model => !model.IsMissing && model.Facts.Can(capability));

    private static bool LooksLikeAFile(string named) =>
        File.Exists(named) || named.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) || Path.IsPathFullyQualified(named) || named.StartsWith('.');

    private static Attempt<CatalogModel> AddFile(ModelCatalog catalog, string path)
    {
        var full = Path.GetFullPath(path);
        if (catalog.List().FirstOrDefault(model => model.Path == full) is { IsMissing: false } present)
        {
            return present;
        }

        // The library may know another file by the name this one would get; that one keeps it.
        var name = ModelName.FromFileName(full);
        for (var number = 2; catalog.Find(name.Display) is { } other && other.Path != full; number++)
        {
            name = ModelName.FromFileName($"{Path.GetFileNameWithoutExtension(full)}-{number}.gguf");
        }

        var added = catalog.AddTransient(full, name.Display);
        return added.Succeeded ? added.Model : new CommandFailure(ExitCode.NoModel, added.Message);
    }

    private static void AddDemoModels(ModelCatalog catalog, string folder)
    {
        if (Directory.Exists(folder))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.gguf").Order(StringComparer.Ordinal))
            {
                catalog.AddTransient(file);
            }
        }
    }
}

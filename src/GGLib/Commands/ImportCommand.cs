using System.CommandLine;
using GGLib.Catalog;
using GGLib.Catalog.Imports;
using GGLib.Configuration;
using GGLib.Importing;
using GGLib.Rendering;
using GGLib.Rendering.Json;

namespace GGLib.Commands;

/// <summary><c>gglib import</c>: the models of other programs, where they are.</summary>
internal sealed class ImportCommand : Verb
{
    private static readonly string[] Words = ["ollama", "hf", "lmstudio"];

    private readonly Option<string?> _from = new("--from") { Description = "ollama, hf (Hugging Face's cache), lmstudio, or any folder [default: all that are found]", HelpName = "store" };
    private readonly Option<bool> _list = new("--list") { Description = "Show which stores there are, and change nothing" };
    private readonly Option<bool> _remove = new("--remove") { Description = "Take the store's models off the library again" };
    private readonly Option<bool> _json = CommonOptions.Json();

    public ImportCommand(Surroundings around)
        : base(around, "import", "Show the models of Ollama, Hugging Face's cache, LM Studio or a folder. Nothing is copied; what changes there changes here.")
    {
        _from.CompletionSources.Add(Words);
        Add(_from);
        Add(_list);
        Add(_remove);
        Add(_json);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib import", "everything that is found"),
        new("gglib import --from ollama", "one program's models"),
        new("gglib import --from /mnt/models", "a folder, now and whatever comes into it"),
        new("gglib import --list", "what is there"),
        new("gglib import --from hf --remove", "show them no more"),
    ];

    protected override Task<int> RunAsync(ParseResult line, CancellationToken cancellation) =>
        Task.FromResult(Run(line.GetValue(_from), line.GetValue(_list), line.GetValue(_remove), line.GetValue(_json), cancellation));

    private int Run(string? from, bool list, bool remove, bool json, CancellationToken cancellation)
    {
        if ((list && remove) || (json && !list))
        {
            return Around.Screen.Fail(new CommandFailure(ExitCode.Usage, list ? "--list changes nothing: leave --remove out." : "--json is for --list."));
        }

        using var catalog = ModelCatalog.Open(Around.DataFolder, Around.Time);
        if (!Choose(from, remove || list ? catalog.Stores : []).Succeeded(out var stores, out var failure))
        {
            return Around.Screen.Fail(failure);
        }

        return list ? List(catalog, stores, json) : remove ? Remove(catalog, stores, from) : Import(catalog, stores, from, cancellation);
    }

    /// <summary>The stores that are meant, known ones and those imported before.</summary>
    private Attempt<IReadOnlyList<ModelStore>> Choose(string? from, IReadOnlyList<ModelStore> imported)
    {
        ModelStore[] known = [.. Around.KnownStores.Concat(imported).DistinctBy(static store => store.Path)];
        if (from is null)
        {
            return known;
        }

        if (Words.Contains(from, StringComparer.OrdinalIgnoreCase))
        {
            return Array.FindAll(known, store => store.Word.Equals(from, StringComparison.OrdinalIgnoreCase));
        }

        if (from.Trim().Length == 0 || from.Contains('\0'))
        {
            return new CommandFailure(ExitCode.Usage, $"--from is {string.Join(", ", Words)} or a folder.");
        }

        var store = ModelStore.At(from, known);
        return store.IsThere || imported.Any(import => import.Path == store.Path)
            ? new[] { store }
            : new CommandFailure(ExitCode.NoModel, $"There is no folder '{SafeText.OneLine(store.Path, 4096)}'. --from is {string.Join(", ", Words)} or a folder.");
    }

    private int Import(ModelCatalog catalog, IReadOnlyList<ModelStore> stores, string? from, CancellationToken cancellation)
    {
        if (stores.All(static store => !store.IsThere))
        {
            var looked = string.Concat(stores.Select(static store => $"\n  {store.Path}"));
            return Around.Screen.Fail(new CommandFailure(
                ExitCode.NoModel,
                $"{(from is null ? "No store of Ollama, Hugging Face or LM Studio" : $"No {from} store")} was found on this machine. Name its folder with --from.{(looked.Length > 0 ? " Looked at:" + looked : "")}"));
        }

        foreach (var store in stores.Where(static store => store.IsThere))
        {
            ImportRun.Run(catalog, Around, store, cancellation);
        }

        return ExitCode.Ok;
    }

    private int Remove(ModelCatalog catalog, IReadOnlyList<ModelStore> stores, string? from)
    {
        var removed = 0;
        foreach (var store in stores)
        {
            if (catalog.RemoveStore(store) is { } count)
            {
                removed++;
                Around.Screen.Line($"{Quantity.Whole(count)} {(count == 1 ? "model" : "models")} of {store.Title} {SafeText.OneLine(store.Path, 4096)} {(count == 1 ? "is" : "are")} shown no more; nothing in it was touched.");
            }
        }

        return removed > 0 ? ExitCode.Ok : Around.Screen.Fail(new CommandFailure(ExitCode.NoModel, $"{(from is null ? "No store" : $"'{SafeText.OneLine(from)}'")} is imported. See: gglib import --list"));
    }

    private int List(ModelCatalog catalog, IReadOnlyList<ModelStore> stores, bool json)
    {
        var models = catalog.List();
        StoreJson[] rows =
        [
            .. stores.Select(store => new StoreJson(store.Word, store.Path, catalog.Stores.Contains(store), store.IsThere, models.Count(model => model.Store == store.Path)))
                .Where(static row => row.IsThere || row.IsImported),
        ];
        if (json)
        {
            Around.Screen.Line(ProgramJson.Text(new StoreListJson(rows)));
        }
        else if (rows.Length == 0)
        {
            Around.Screen.Note("No store of Ollama, Hugging Face or LM Studio was found on this machine. Any folder can be named: gglib import --from /path/to/models");
        }
        else
        {
            StoreTable.Print(Around.Screen, rows);
        }

        return ExitCode.Ok;
    }
}

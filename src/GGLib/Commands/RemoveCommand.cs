using System.CommandLine;
using GGLib.Catalog;
using GGLib.Catalog.Creation;
using GGLib.Client;
using GGLib.Client.Wire;
using GGLib.Configuration;
using GGLib.Library;
using GGLib.Rendering;

namespace GGLib.Commands;

/// <summary><c>gglib rm NAME</c>: takes models off the library. Blobs that no other model names go too; files that lie elsewhere are never touched.</summary>
internal sealed class RemoveCommand : Verb
{
    private readonly Argument<string[]> _names = new("name") { HelpName = "name", Description = "Names, as gglib list prints them; :latest may be left out", Arity = ArgumentArity.OneOrMore };

    public RemoveCommand(Surroundings around)
        : base(around, "rm", "Take models off the library. A file that was added stays where it is; one that was pulled or made goes with its last name.")
    {
        Aliases.Add("remove");
        _names.CompletionSources.Add(_ => ModelNames.Known(Around));
        Add(_names);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib rm my-model", "forget a model"),
        new("gglib rm my-model other:8b", "forget several"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        using var server = await LibraryServer.FindAsync(Around, cancellation).ConfigureAwait(false);
        using var catalog = ModelCatalog.Open(Around.DataFolder, Around.Time);
        var library = ModelLibrary.Of(catalog, Around.Time);
        var code = ExitCode.Ok;
        foreach (var name in line.GetRequiredValue(_names))
        {
            if (!(await RemoveAsync(library, server, name, cancellation).ConfigureAwait(false)).Succeeded(out var removed, out var failure))
            {
                code = Around.Screen.Fail(failure);
                continue;
            }

            var isOwn = Path.GetDirectoryName(removed.Model.Path) == library.Blobs!.Folder;
            Around.Screen.Line($"Removed '{removed.Model.Name}'" + (
                removed.FreedBytes > 0 ? $"; {Quantity.Bytes(removed.FreedBytes)} are free now"
                : isOwn ? "; another model has its file"
                : removed.Model.Store is { } store ? $"; it stays in {store}, and gglib import shows it again"
                : $"; its file stays at {SafeText.OneLine(removed.Model.Path, 4096)}"));
        }

        return code;
    }

    private static async Task<Attempt<RemovedModel>> RemoveAsync(ModelLibrary library, OllamaClient? server, string name, CancellationToken cancellation)
    {
        // What only the server knows, such as a file that it serves for this run, is not in the library.
        if (library.Catalog.Find(name) is not { } model)
        {
            return UnknownModel.In(library.Catalog, name);
        }

        if (server is null)
        {
            return library.Remove(name) is { } removed ? removed : UnknownModel.In(library.Catalog, name);
        }

        return await server.DeleteAsync(new NameQuestion(model.Name.Display), cancellation).ConfigureAwait(false) is { } failure
            ? failure
            : new RemovedModel(model, model.Files.Where(file => Path.GetDirectoryName(file.Path) == library.Blobs!.Folder && !File.Exists(file.Path)).Sum(static file => file.SizeBytes));
    }
}

using System.CommandLine;
using GGLib.Catalog;
using GGLib.Catalog.Verification;
using GGLib.Client;
using GGLib.Client.Wire;
using GGLib.Configuration;
using GGLib.Importing;
using GGLib.Library;
using GGLib.Rendering;

namespace GGLib.Commands;

/// <summary><c>gglib repair MODEL</c>: checks a model's files and fetches the broken ones again.</summary>
internal sealed class RepairCommand : Verb
{
    private readonly Argument<string> _name = new("name") { HelpName = "name", Description = "The model, as gglib list prints it; :latest may be left out" };
    private readonly Option<bool> _insecure = CommonOptions.Insecure();

    public RepairCommand(Surroundings around)
        : base(around, "repair", "Check a model's files and fetch those again that are damaged or missing.")
    {
        _name.CompletionSources.Add(context => ModelNames.For(_name, context, Around));
        Add(_name);
        Add(_insecure);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib repair my-model", "check it, and fetch what is broken"),
        new("gglib repair --insecure me/mine", "over plain HTTP, also when it was pulled without --insecure"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        if (!Around.Transfers.Succeeded(out var options, out var failure))
        {
            return Around.Screen.Fail(failure);
        }

        using var catalog = ModelCatalog.Open(Around.DataFolder, Around.Time);
        var transfers = new ModelTransfers(ModelLibrary.Of(catalog, Around.Time), options, Around.Time);
        await using (transfers.ConfigureAwait(false))
        {
            return await RepairAsync(catalog, transfers, line.GetRequiredValue(_name), line.GetValue(_insecure), cancellation).ConfigureAwait(false);
        }
    }

    private async Task<int> RepairAsync(ModelCatalog catalog, ModelTransfers transfers, string name, bool insecure, CancellationToken cancellation)
    {
        if (catalog.Find(name) is not { } model)
        {
            return Around.Screen.Fail(UnknownModel.In(catalog, name));
        }

        var verification = new FileVerification(catalog);
        var first = new VerificationRun(Around.Screen, verification);
        List<FileCheck> broken = [.. (await first.CheckAsync(model, cancellation).ConfigureAwait(false)).Where(static check => check.IsBroken)];
        if (first.IsAllWell)
        {
            Around.Screen.Line($"'{model.Name}' needs no repair.");
            return ExitCode.Ok;
        }

        if (model.Store is { } store)
        {
            return Around.Screen.Fail(new CommandFailure(
                ExitCode.Damaged, $"'{model.Name}' belongs to {SafeText.OneLine(store, 4096)}, where gglib changes nothing: repair it with the program that keeps it. Nothing was changed."));
        }

        if (broken.Count == 0 || !transfers.CanFetch(model))
        {
            return Around.Screen.Fail(new CommandFailure(
                ExitCode.Damaged, $"'{model.Name}' cannot be repaired: there is nowhere to fetch its files from. Put the right file at {SafeText.OneLine(model.Path, 4096)}, or pull the model. Nothing was changed."));
        }

        Around.Screen.Line($"Fetching {Quantity.Bytes(broken.Sum(static check => check.File.SizeBytes))} from {SafeText.OneLine(model.Profile.Source!, 400)}");
        var problem = await ByteBar.ShowAsync(
            Around.Screen, $"fetching {model.Name}", broken.Sum(static check => check.File.SizeBytes), progress => transfers.FetchAsync(model, broken, insecure, progress ?? new NoProgress(), cancellation)).ConfigureAwait(false);
        if (problem is not null)
        {
            return Around.Screen.Fail(new CommandFailure(ExitCode.Damaged, $"'{model.Name}' is still broken: {SafeText.OneLine(problem, 2000)}"));
        }

        var second = new VerificationRun(Around.Screen, verification);
        await second.CheckAsync(catalog.Find(name) ?? model, cancellation).ConfigureAwait(false);
        if (!second.IsAllWell)
        {
            return Around.Screen.Fail(new CommandFailure(ExitCode.Damaged, $"'{model.Name}' is still broken after its files were fetched again."));
        }

        await UnloadAsync(model, cancellation).ConfigureAwait(false);
        Around.Screen.Line($"'{model.Name}' is repaired.");
        return ExitCode.Ok;
    }

    /// <summary>What a server of the same library loaded before it was repaired, is the broken file still.</summary>
    private async Task UnloadAsync(CatalogModel model, CancellationToken cancellation)
    {
        using var server = await LibraryServer.FindAsync(Around, cancellation).ConfigureAwait(false);
        if (server is not null
            && (await server.LoadedModelsAsync(cancellation).ConfigureAwait(false)).Value?.Models?.FirstOrDefault(loaded => ServerModel.Same(loaded.Name, model.Name.Display)) is { } running
            && (await server.LoadAsync(new LoadQuestion(running.Name, ClientJson.Of(0)), cancellation).ConfigureAwait(false)).Failure is { } failure)
        {
            Around.Screen.Note($"'{model.Name}' could not be unloaded from the running server: {failure.Message}");
        }
    }

    private sealed class NoProgress : IProgress<long>
    {
        public void Report(long value)
        {
        }
    }
}

using System.CommandLine;
using GGLib.Catalog;
using GGLib.Catalog.Verification;
using GGLib.Configuration;
using GGLib.Importing;
using GGLib.Library;
using GGLib.Rendering.Json;

namespace GGLib.Commands;

/// <summary><c>gglib verify [MODEL]</c>: reads files whole and holds them against their digests.</summary>
internal sealed class VerifyCommand : Verb
{
    private readonly Argument<string?> _name = new("name") { HelpName = "name", Description = "The model; all of the library when left out", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _json = CommonOptions.Json();

    public VerifyCommand(Surroundings around)
        : base(around, "verify", "Read models' files whole and check their SHA-256.")
    {
        _name.CompletionSources.Add(_ => ModelNames.Known(Around));
        Add(_name);
        Add(_json);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib verify my-model", "one model"),
        new("gglib verify", "every file of the library"),
        new("gglib verify --json", "for scripts; exit code 7 when something is damaged or missing"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        using var catalog = ModelCatalog.Open(Around.DataFolder, Around.Time);
        var name = line.GetValue(_name);
        IReadOnlyList<CatalogModel> models = name is null ? catalog.List() : catalog.Find(name) is { } named ? [named] : [];
        if (models.Count == 0)
        {
            return Around.Screen.Fail(name is null ? new CommandFailure(ExitCode.NoModel, "The library is empty.") : UnknownModel.In(catalog, name));
        }

        var json = line.GetValue(_json);
        var run = new VerificationRun(json ? Around.Screen.Silent() : Around.Screen, new FileVerification(catalog));
        foreach (var model in models)
        {
            await run.CheckAsync(model, cancellation).ConfigureAwait(false);
        }

        if (json)
        {
            Around.Screen.Line(ProgramJson.Text(new VerificationJson([.. run.Checks.Select(static check => FileCheckJson.Of(check.Model, check.Check))])));
        }
        else
        {
            Around.Screen.Line(run.Summary());
        }

        return run.IsAllWell ? ExitCode.Ok : ExitCode.Damaged;
    }
}

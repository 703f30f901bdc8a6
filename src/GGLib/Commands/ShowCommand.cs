using System.CommandLine;
using GGLib.Catalog;
using GGLib.Configuration;
using GGLib.Library;
using GGLib.Rendering;
using GGLib.Rendering.Json;

namespace GGLib.Commands;

/// <summary><c>gglib show NAME</c>: one model.</summary>
internal sealed class ShowCommand : Verb
{
    private readonly Argument<string> _name = new("name") { HelpName = "name", Description = "The model's name, as gglib list prints it; :latest may be left out" };
    private readonly Option<bool> _json = CommonOptions.Json();

    public ShowCommand(Surroundings around)
        : base(around, "show", "Show what is known of a model.")
    {
        _name.CompletionSources.Add(context => ModelNames.For(_name, context, Around));
        Add(_name);
        Add(_json);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib show my-model", "a few lines"),
        new("gglib show my-model --json", "for scripts, with the chat template"),
    ];

    protected override Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        using var catalog = ModelCatalog.Open(Around.DataFolder, Around.Time);
        var name = line.GetRequiredValue(_name);
        if (catalog.Find(name) is not { } model)
        {
            return Task.FromResult(Around.Screen.Fail(UnknownModel.In(catalog, name)));
        }

        if (line.GetValue(_json))
        {
            Around.Screen.Line(ProgramJson.Text(ModelJson.Of(model, whole: true, catalog.Sha256Of)));
        }
        else
        {
            ModelPage.Print(Around.Screen, model, catalog.Sha256Of);
        }

        return Task.FromResult(ExitCode.Ok);
    }
}

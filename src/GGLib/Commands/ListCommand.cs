using System.CommandLine;
using GGLib.Catalog;
using GGLib.Configuration;
using GGLib.Rendering;
using GGLib.Rendering.Json;

namespace GGLib.Commands;

/// <summary><c>gglib list</c>: the library.</summary>
internal sealed class ListCommand : Verb
{
    private readonly Option<bool> _json = CommonOptions.Json();

    public ListCommand(Surroundings around)
        : base(around, "list", "List the models of the library.")
    {
        Aliases.Add("ls");
        Add(_json);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib list", "a table"),
        new("gglib list --json", "for scripts"),
    ];

    protected override Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        using var catalog = ModelCatalog.Open(Around.DataFolder, Around.Time);
        var models = catalog.List();
        if (line.GetValue(_json))
        {
            Around.Screen.Line(ProgramJson.Text(new ModelListJson([.. models.Select(static model => ModelJson.Of(model, whole: false))])));
        }
        else if (models.IsEmpty)
        {
            Around.Screen.Note("The library is empty. Add a model with: gglib add /path/to/model.gguf, or those of Ollama, Hugging Face and LM Studio with: gglib import");
        }
        else
        {
            ModelTable.Print(Around.Screen, models);
        }

        return Task.FromResult(ExitCode.Ok);
    }
}

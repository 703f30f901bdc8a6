using System.CommandLine;
using GGLib.Catalog;
using GGLib.Configuration;
using GGLib.Engine.Hardware;
using GGLib.Engine.Launching;
using GGLib.Engines;
using GGLib.Rendering;
using GGLib.Rendering.Json;
using GGLib.Server.Inference;
using GGLib.Serving;

namespace GGLib.Commands;

/// <summary><c>gglib explain MODEL</c>: how a model would be run, and why so.</summary>
internal sealed class ExplainCommand : Verb
{
    private readonly Argument<string> _model = new("model") { Description = "The model's name, as gglib list prints it, or a GGUF file" };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly ServeOptions _options = new();

    public ExplainCommand(Surroundings around)
        : base(around, "explain", "Show how a model would be run now: every flag and every sampling value, with where it came from. Needs no server.")
    {
        Add(_model);
        Add(_json);
        _options.AddSettingsTo(this);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib explain my-model", "every flag and value, with its reason"),
        new("gglib explain my-model --json", "for scripts"),
        new("gglib explain ./my-model.gguf", "a file that is not in the library"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        var given = _options.ReadSettings(line);
        if (!Around.ReadSettings(given).Succeeded(out var settings, out var failure))
        {
            return Around.Screen.Fail(failure);
        }

        using var catalog = ModelCatalog.Open(Around.DataFolder, Around.Time);
        if (!ServedModels.Choose(catalog, Around, line.GetRequiredValue(_model)).Succeeded(out var models, out failure)
            || !(await new EngineSource(Around).FindAsync(given.Engine, cancellation).ConfigureAwait(false)).Succeeded(out var engine, out failure))
        {
            return Around.Screen.Fail(failure);
        }

        if (ArgumentCheck.Of(settings, engine) is { } refused)
        {
            return Around.Screen.Fail(refused);
        }

        var model = models.Chosen!;
        var name = model.Name.Display;
        var memory = new MachineMemory(GpuList.ReadAsync(engine, cancellation));
        await memory.ReadyAsync(cancellation).ConfigureAwait(false);
        var launch = Launch.Preview(engine, ModelDirectory.ForEngine(model), settings.EngineFor(name), memory.Read(settings.Engine.MemoryBudget));
        var sampling = SamplingExplanation.Of(model, settings, launch.Plan.ContextLength);
        if (line.GetValue(_json))
        {
            Around.Screen.Line(ExplainJson.Text(name, engine, launch, sampling));
        }
        else
        {
            ExplainPage.Print(Around.Screen, name, engine, launch, sampling);
        }

        return ExitCode.Ok;
    }
}

using System.CommandLine;
using GGLib.Client;
using GGLib.Configuration;
using GGLib.Rendering;
using GGLib.Rendering.Json;

namespace GGLib.Commands;

/// <summary><c>gglib ps</c>: what the running server has loaded.</summary>
internal sealed class PsCommand : Verb
{
    private readonly Option<bool> _json = CommonOptions.Json();

    public PsCommand(Surroundings around)
        : base(around, "ps", "List the models that the running server has loaded.") => Add(_json);

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib ps", "a table"),
        new("gglib ps --json", "for scripts"),
        new("OLLAMA_HOST=other:11434 gglib ps", "of a server elsewhere, Ollama's own too"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        if (!ServerUrl.From(Around).Succeeded(out var server, out var failure))
        {
            return Around.Screen.Fail(failure);
        }

        using var client = new OllamaClient(server);
        if (!(await client.LoadedModelsAsync(cancellation).ConfigureAwait(false)).Succeeded(out var answer, out failure))
        {
            return Around.Screen.Fail(failure);
        }

        var models = answer.Models ?? [];
        var status = (await client.StatusAsync(cancellation).ConfigureAwait(false)).Succeeded(out var told, out _) ? told : null;
        if (line.GetValue(_json))
        {
            Around.Screen.Line(ProgramJson.Text(LoadedTable.Json(models, status, Around.Time.GetUtcNow())));
        }
        else if (models.Count == 0)
        {
            Around.Screen.Note("No model is loaded.");
        }
        else
        {
            LoadedTable.Print(Around.Screen, models, status, Around.Time.GetUtcNow());
        }

        if (status is { QueueLength: > 0 and var waiting } && !line.GetValue(_json))
        {
            Around.Screen.Note(waiting == 1 ? "1 request waits for a model." : $"{Quantity.Whole(waiting)} requests wait for a model.");
        }

        return ExitCode.Ok;
    }
}

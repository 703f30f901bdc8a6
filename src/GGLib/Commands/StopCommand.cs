using System.CommandLine;
using GGLib.Client;
using GGLib.Client.Wire;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Commands;

/// <summary><c>gglib stop MODEL</c>: unloads a model of the running server, whatever its keep-alive.</summary>
internal sealed class StopCommand : Verb
{
    private readonly Argument<string> _model = new("model") { HelpName = "model", Description = "The model's name, as gglib ps prints it; :latest may be left out" };

    public StopCommand(Surroundings around)
        : base(around, "stop", "Unload a model of the running server. The next request loads it again.")
    {
        _model.CompletionSources.Add(context => ModelNames.For(_model, context, Around));
        Add(_model);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib stop my-model", "free its memory"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        if (!ServerUrl.From(Around).Succeeded(out var server, out var failure))
        {
            return Around.Screen.Fail(failure);
        }

        using var client = new OllamaClient(server);
        if (!(await client.LoadedModelsAsync(cancellation).ConfigureAwait(false)).Succeeded(out var loaded, out failure))
        {
            return Around.Screen.Fail(failure);
        }

        var asked = line.GetRequiredValue(_model);
        if ((loaded.Models ?? []).FirstOrDefault(model => ServerModel.Same(model.Name, asked)) is not { } running)
        {
            if (!(await ServerModel.FindAsync(client, asked, cancellation).ConfigureAwait(false)).Succeeded(out var known, out failure))
            {
                return Around.Screen.Fail(failure);
            }

            Around.Screen.Note($"'{SafeText.OneLine(known)}' is not loaded.");
            return ExitCode.Ok;
        }

        if (!(await client.LoadAsync(new LoadQuestion(running.Name, ClientJson.Of(0)), cancellation).ConfigureAwait(false)).Succeeded(out _, out failure))
        {
            return Around.Screen.Fail(failure);
        }

        Around.Screen.Line($"Stopped '{SafeText.OneLine(running.Name)}'");
        return ExitCode.Ok;
    }
}

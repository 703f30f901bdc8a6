using System.CommandLine;
using GGLib.Configuration;
using GGLib.Engines;
using GGLib.Importing;
using GGLib.Rendering;
using GGLib.Serving;
using GGLib.Serving.Proof;

namespace GGLib.Commands;

/// <summary><c>gglib up</c>: from nothing to a server that has shown that it works.</summary>
internal sealed class UpCommand : ServingVerb
{
    private readonly ServeOptions _options = new();

    public UpCommand(Surroundings around)
        : base(around, "up", "Install what is missing, serve, prove it with a real request through each API, and show how to connect.") =>
        _options.AddTo(this, withModel: true);

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib up", "serve the library, or the demo models when it is empty"),
        new("gglib up --port 8080 --yes", "another port, and install without asking"),
        new("gglib up --model ./my-model.gguf", "serve a file without adding it to the library"),
        new("gglib up --host 0.0.0.0", "reachable from other machines"),
    ];

    protected override async Task<Attempt<RunningServer>> StartAsync(ParseResult line, CancellationToken cancellation)
    {
        Around.Screen.Line(Around.Screen.Paint.Bold($"gglib {Surroundings.Version}"));
        var request = _options.Read(line);
        if (request.Model is null)
        {
            await new ImportOffer(Around).MakeAsync(request.MayInstall, cancellation).ConfigureAwait(false);
        }

        return await new ServerStart(Around, new EngineSource(Around).FindOrInstallAsync).RunAsync(request, cancellation).ConfigureAwait(false);
    }

    protected override async Task<CommandFailure?> WelcomeAsync(RunningServer server, CancellationToken cancellation)
    {
        var screen = Around.Screen;
        var paint = screen.Paint;
        var engine = server.Engine;
        screen.Line($"Engine   llama-server {engine.Version}{paint.Dim($"  {engine.Path} ({EngineSource.Describe(engine.Origin)})")}");
        WarnOfIdleGpu(engine);
        screen.Line($"Models   {Describe(server.Models)}");
        if (server.Models.First() is not { } model)
        {
            return server.Models.NothingUsable();
        }

        screen.Line($"Proof    {model.Name}: {(model.Facts.Can(Gguf.Capability.Completion) ? "" : "embedding of ")}\"{Prover.Question}\"");
        await foreach (var answer in new Prover(server, Around.Time).AskAsync(model, cancellation).ConfigureAwait(false))
        {
            if (answer.Error is { } error)
            {
                return new CommandFailure(ExitCode.Failure, $"The proof through the {answer.Api} API failed: {error}");
            }

            var speed = answer.Tokens is { } tokens ? paint.Dim($"  {Quantity.Whole(tokens)} tokens{(answer.TokensPerSecond is { } rate ? $", {Quantity.Rate(rate)}" : "")}") : "";
            screen.Line($"  {paint.Green(answer.Api)} API: {SafeText.OneLine(answer.Text!)}{speed}");
        }

        screen.Line();
        screen.Line(paint.Bold($"Ready in {Quantity.Seconds(Around.Time.GetElapsedTime(Around.Began))}"));
        screen.Line($"  Ollama API  {paint.Cyan(server.OllamaUrl)}");
        screen.Line($"  OpenAI API  {paint.Cyan(server.OpenAIUrl)}");
        screen.Line($"  Anthropic   {paint.Cyan(server.AnthropicUrl)}");
        if (server.IsOpenToOthers)
        {
            screen.Line(paint.Yellow($"  Listens on {server.Address}: whoever can reach this machine can use it."));
        }

        screen.Line();
        ClientGuide.Print(screen, server, model.Name.Display);
        screen.Line();
        screen.Line(paint.Dim("Requests appear below. Ctrl-C stops."));
        return null;
    }
}

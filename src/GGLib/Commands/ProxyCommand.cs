using System.CommandLine;
using GGLib.Configuration;
using GGLib.Engine.Installation;
using GGLib.Engines;
using GGLib.Serving;

namespace GGLib.Commands;

/// <summary><c>gglib proxy</c>: the server alone, for services and scripts.</summary>
internal sealed class ProxyCommand : ServingVerb
{
    private readonly ServeOptions _options = new();

    public ProxyCommand(Surroundings around)
        : base(around, "proxy", "The server alone: no proof, no advice, and nothing is installed unless --yes says so.")
    {
        Aliases.Add("serve");
        _options.AddTo(this, withModel: false);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib proxy", "serve on 127.0.0.1:11434"),
        new("OLLAMA_HOST=0.0.0.0:8080 gglib serve", "the address from the environment, as Ollama takes it"),
        new("gglib proxy --engine /opt/llama.cpp/llama-server", "with a llama-server of your own"),
    ];

    protected override Task<Attempt<RunningServer>> StartAsync(ParseResult line, CancellationToken cancellation) =>
        new ServerStart(Around, EngineAsync).RunAsync(_options.Read(line), cancellation);

    protected override Task<CommandFailure?> WelcomeAsync(RunningServer server, CancellationToken cancellation)
    {
        WarnOfIdleGpu(server.Engine);
        Around.Screen.Line($"gglib {Surroundings.Version} serves {Describe(server.Models)}");
        Around.Screen.Line($"Ollama API {server.OllamaUrl}  OpenAI API {server.OpenAIUrl}  Anthropic API {server.AnthropicUrl}");
        return Task.FromResult<CommandFailure?>(null);
    }

    private Task<Attempt<EngineBinary>> EngineAsync(string? named, bool mayInstall, CancellationToken cancellation)
    {
        var source = new EngineSource(Around);
        return mayInstall ? source.FindOrInstallAsync(named, mayInstall, cancellation) : source.FindAsync(named, cancellation);
    }
}

using GGLib.Catalog;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Engine.Scheduling;
using GGLib.Server;
using GGLib.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace GGLib.Acceptance.Scheduling;

/// <summary>A whole server of its own over the tiny models and a real llama-server, whose children are counted.</summary>
internal sealed class ScheduledServer : IAsyncDisposable
{
    /// <summary>Models that write.</summary>
    public static readonly string[] Writers = ["demo-chat", "tiny-random", "tinytools", "tinywords"];

    /// <summary>The model that makes embeddings.</summary>
    public const string Embedder = "demo-embed";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gglib-scheduling-");
    private readonly ModelCatalog _catalog = ModelCatalog.OpenInMemory(TimeProvider.System);
    private GGLibServer? _server;

    private ScheduledServer() => Children = new Children(_folder.FullName);

    public Children Children { get; }

    public Uri Address => new(_server!.Addresses.First());

    public static async Task<ScheduledServer> StartAsync(EngineSettings settings, CancellationToken cancellation)
    {
        var engine = await AcceptanceEngine.GetAsync(cancellation);
        var server = new ScheduledServer();
        foreach (var model in (string[])[.. Writers, Embedder])
        {
            var file = model + ".gguf";
            var path = Path.Combine(server._folder.FullName, file);
            var bundled = Path.Combine(AppContext.BaseDirectory, "models", file);
            File.Copy(File.Exists(bundled) ? bundled : Path.Combine(AppContext.BaseDirectory, "Recorded", "models", file), path);
            Assert.True(server._catalog.AddTransient(path, model).Succeeded);
        }

        var runs = RunDirectory.Open(Path.Combine(AcceptanceEngine.DataFolder, "scheduling"));
        var runners = new LlamaServerFactory(engine with { Command = [.. server.Children.Command(engine.Command)] }, runs, TimeProvider.System, NullLogger<LlamaServerFactory>.Instance);
        server._server = GGLibServer.Create(new ServerOptions { Version = "0.0.0-test", Port = 0 }, settings, server._catalog, runners, TimeProvider.System);
        await server._server.StartAsync(cancellation);
        return server;
    }

    /// <summary>What holds memory now or is about to.</summary>
    public IReadOnlyList<RunnerStatus> Runners() => _server!.Runners();

    /// <summary>The process id of a model's child, which must be ready.</summary>
    public int ChildOf(string model) =>
        Runners().Single(runner => runner.Phase is RunnerPhase.Ready && runner.Key.StartsWith(model + ":latest@", StringComparison.Ordinal)).ProcessId!.Value;

    /// <summary>Looks again and again until something holds that is about to.</summary>
    public static Task UntilAsync(Func<bool> holds, string what, CancellationToken cancellation) => Limit.UntilAsync(() => Task.FromResult(holds()), what, cancellation);

    /// <summary>Nobody is served and nobody waits; the news of a client's leaving may be behind the client.</summary>
    public Task UntilIdleAsync(CancellationToken cancellation) =>
        UntilAsync(() => Runners().All(static runner => runner is { ActiveRequests: 0, WaitingRequests: 0 }), "nobody is busy", cancellation);

    /// <summary>Ends the server, and with it every child that it ever started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _catalog.Dispose();
        var left = Children.Alive;
        foreach (var child in left)
        {
            Children.Kill(child);
        }

        _folder.Delete(recursive: true);
        Assert.Empty(left);
    }
}

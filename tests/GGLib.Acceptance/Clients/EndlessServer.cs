using GGLib.Catalog;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Server;
using GGLib.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace GGLib.Acceptance.Clients;

/// <summary>
/// The whole server over <c>demo-chat</c> on a real llama-server that answers one request at a time and never ends an answer by itself: only its client's leaving ends it.
/// </summary>
public sealed class EndlessServer : IAsyncLifetime
{
    private readonly ModelCatalog _catalog = ModelCatalog.OpenInMemory(TimeProvider.System);
    private GGLibServer? _server;

    /// <summary>The base address, without a trailing slash.</summary>
    public string Address => _server!.Addresses.First();

    /// <summary>Whether the engine has a request of a client.</summary>
    public bool IsBusy => _server!.Runners().Any(static runner => runner.ActiveRequests > 0);

    public async ValueTask InitializeAsync()
    {
        var engine = await AcceptanceEngine.GetAsync(CancellationToken.None);
        Assert.True(_catalog.AddTransient(Path.Combine(AppContext.BaseDirectory, "models", "demo-chat.gguf")).Succeeded);
        var runners = new LlamaServerFactory(
            engine, RunDirectory.Open(Path.Combine(AcceptanceEngine.DataFolder, "endless")), TimeProvider.System, NullLogger<LlamaServerFactory>.Instance);
        var settings = new EngineSettings { Parallel = 1, ContextShift = true, Arguments = ["--ignore-eos"] };
        _server = GGLibServer.Create(new ServerOptions { Version = "0.0.0-test", Port = 0 }, settings, _catalog, runners, TimeProvider.System);
        await _server.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _catalog.Dispose();
    }
}

using GGLib.Catalog;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Server;
using GGLib.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(GGLib.Acceptance.DemoServer))]

namespace GGLib.Acceptance;

/// <summary>The whole server over the bundled demo models and a real llama-server, on a free port; shared by all tests.</summary>
public sealed class DemoServer : IAsyncLifetime
{
    private readonly ModelCatalog _catalog = ModelCatalog.OpenInMemory(TimeProvider.System);
    private GGLibServer? _server;

    /// <summary>The base address, without a trailing slash.</summary>
    public string Address => _server!.Addresses.First();

    /// <summary>A plain client of it.</summary>
    public HttpClient Http { get; } = new() { Timeout = Limit.Time };

    /// <summary>The process id of a model's child, which must be ready.</summary>
    public int ChildOf(string model) =>
        _server!.Runners().Single(runner => runner.Key.StartsWith(model + ":latest@", StringComparison.Ordinal)).ProcessId!.Value;

    public async ValueTask InitializeAsync()
    {
        var engine = await AcceptanceEngine.GetAsync(CancellationToken.None);
        foreach (var path in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "models"), "*.gguf"))
        {
            Assert.True(_catalog.AddTransient(path).Succeeded);
        }

        // Tests run side by side: those that unload or kill have a model of their own, and none makes room for another.
        Assert.True(_catalog.AddTransient(Path.Combine(AppContext.BaseDirectory, "models", "tiny-random.gguf"), "victim").Succeeded);
        Assert.True(_catalog.AddTransient(Path.Combine(AppContext.BaseDirectory, "models", "tiny-random.gguf"), "spare").Succeeded);
        Assert.True(_catalog.AddTransient(Path.Combine(AppContext.BaseDirectory, "Recorded", "models", "tinytools.gguf"), "refuses-schema").Succeeded);

        var directory = RunDirectory.Open(AcceptanceEngine.DataFolder);
        var runners = new LlamaServerFactory(engine, directory, TimeProvider.System, NullLogger<LlamaServerFactory>.Instance);
        _server = GGLibServer.Create(new ServerOptions { Version = "0.0.0-test", Port = 0 }, new EngineSettings { MaxLoadedModels = 8 }, _catalog, runners, TimeProvider.System);
        await _server.StartAsync(CancellationToken.None);
        Http.BaseAddress = new Uri(Address);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _catalog.Dispose();
    }
}

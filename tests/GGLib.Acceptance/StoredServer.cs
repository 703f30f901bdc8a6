using GGLib.Catalog;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Engine.Quantizing;
using GGLib.Server;
using GGLib.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace GGLib.Acceptance;

/// <summary>The whole server over a library on disk, empty at first, and a real llama-server with its llama-quantize, on a free port.</summary>
internal sealed class StoredServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gglib-stored-");
    private readonly GGLibServer _server;

    private StoredServer(LlamaServerFactory runners, QuantizeTool? quantize)
    {
        Catalog = ModelCatalog.Open(_folder.FullName, TimeProvider.System);
        _server = GGLibServer.Create(new ServerOptions { Version = "0.0.0-test", Port = 0, Quantize = quantize }, new EngineSettings(), Catalog, runners, TimeProvider.System);
    }

    public ModelCatalog Catalog { get; }

    public string BlobFolder => ModelLibrary.BlobFolderOf(_folder.FullName);

    public Uri Address => new(_server.Addresses.First());

    /// <param name="name">Children are numbered from 1 by each server: two of one process must not share a run folder.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<StoredServer> StartAsync(string name, CancellationToken cancellation)
    {
        var engine = await AcceptanceEngine.GetAsync(cancellation);
        var directory = RunDirectory.Open(Path.Combine(AcceptanceEngine.DataFolder, name));
        var server = new StoredServer(new LlamaServerFactory(engine, directory, TimeProvider.System, NullLogger<LlamaServerFactory>.Instance), QuantizeTool.Beside(engine));
        await server._server.StartAsync(cancellation);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Catalog.Dispose();
        _folder.Delete(recursive: true);
    }
}

using System.Net;
using GGLib.Catalog;
using GGLib.Configuration;
using GGLib.Engine.Installation;
using GGLib.Engine.Processes;
using GGLib.Server.Hosting;

namespace GGLib.Serving;

/// <summary>A server that listens. Disposing it ends open answers, every child, and the log.</summary>
internal sealed class RunningServer(GGLibServer server, ModelCatalog catalog, BackgroundHashing hashing, LiveSettings settings, ILoggerFactory logs, RequestLog requests, RunDirectory directory) : IAsyncDisposable
{
    /// <summary>Where it listens, the port a real one.</summary>
    public required ServerAddress Address { get; init; }

    /// <summary>Whether other machines can connect.</summary>
    public bool IsOpenToOthers => IPAddress.TryParse(Address.Host, out var ip) && !IPAddress.IsLoopback(ip);

    public required EngineBinary Engine { get; init; }

    public required ServedModels Models { get; init; }

    public RequestLog Requests => requests;

    /// <summary>The base URL of the Ollama API for programs on this machine.</summary>
    public string OllamaUrl => LocalHttp.BaseUrl(Address);

    /// <summary>The base URL of the OpenAI API for programs on this machine.</summary>
    public string OpenAIUrl => OllamaUrl + "/v1";

    /// <summary>The base URL of Anthropic's API; its clients add <c>/v1/messages</c> themselves.</summary>
    public string AnthropicUrl => OllamaUrl;

    /// <summary>Completes when the program is asked to stop.</summary>
    public Task WaitAsync(CancellationToken stop) => server.WaitForShutdownAsync(stop);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync().ConfigureAwait(false);
        directory.RemoveIfEmpty();
        await requests.DisposeAsync().ConfigureAwait(false);
        settings.Dispose();
        await hashing.DisposeAsync().ConfigureAwait(false);
        catalog.Dispose();
        logs.Dispose();
    }
}

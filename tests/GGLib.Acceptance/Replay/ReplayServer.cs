using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GGLib.Catalog;
using GGLib.Catalog.Modelfiles;
using GGLib.Catalog.Registries;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Engine.Quantizing;
using GGLib.Engine.Scheduling;
using GGLib.Server;
using GGLib.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace GGLib.Acceptance.Replay;

/// <summary>gglib over the models that the recorded server had, and the recorded requests sent to it.</summary>
internal sealed class ReplayServer : IAsyncDisposable
{
    // In the order in which the recorded server was given them.
    private static readonly string[] Models = ["tiny", "tiny2", "tinyembed", "tinytools"];

    // What the recorded server was told in exchanges that are not among these, as what came after shows.
    private static readonly (int Before, string Method, string Path, string Body)[] Unrecorded =
    [
        (276, "DELETE", "/api/delete", """{"model": "tiny-copy"}"""),
        (291, "POST", "/api/blobs/sha256:e997afd18e5f6be004fc193aed2c90291e68ab2c7599a62538c935b7fca6ab0f", "hello blob"),
        (294, "POST", "/api/create", """
            {"model": "tiny3", "from": "tiny", "template": "{{ .Prompt }}", "system": "You are T3", "license": "MIT", "messages": [{"role": "user", "content": "hi"}],
            "parameters": {"temperature": 0.1, "num_ctx": 1024, "stop": ["x", "y"]}, "stream": false}
            """),
        (318, "POST", "/api/create", """{"model": "tiny6", "from": "tiny", "stream": false}"""),
        (321, "DELETE", "/api/delete", """{"model": "tiny5"}"""),
    ];

    // The recorded server had no network: nobody listens there.
    private static readonly Uri Nowhere = new("http://127.0.0.1:1");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gglib-replay-");
    private readonly ModelCatalog _catalog;
    private readonly GGLibServer _server;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None }) { Timeout = Limit.Time };

    private ReplayServer(LlamaServerFactory runners, QuantizeTool? quantize)
    {
        _catalog = ModelCatalog.Open(_folder.FullName, TimeProvider.System);
        _server = GGLibServer.Create(
            new ServerOptions { Version = "0.0.0-test", Port = 0, Quantize = quantize, Transfers = new TransferOptions { OllamaRegistry = Nowhere, HuggingFace = Nowhere } },
            new EngineSettings { ContextLength = 2048 },
            _catalog,
            runners,
            TimeProvider.System);
    }

    public static async Task<ReplayServer> StartAsync(CancellationToken cancellation)
    {
        var engine = await AcceptanceEngine.GetAsync(cancellation);
        var directory = RunDirectory.Open(AcceptanceEngine.DataFolder);
        var server = new ReplayServer(new LlamaServerFactory(engine, directory, TimeProvider.System, NullLogger<LlamaServerFactory>.Instance), QuantizeTool.Beside(engine));
        await server._server.StartAsync(cancellation);
        foreach (var model in Models)
        {
            await server.CreateAsync(model, cancellation);
        }

        return server;
    }

    public async Task<Answer> SendAsync(Exchange exchange, CancellationToken cancellation)
    {
        foreach (var unrecorded in Unrecorded.Where(step => step.Before == exchange.Number))
        {
            using var step = new HttpRequestMessage(new HttpMethod(unrecorded.Method), _server.Addresses.First() + unrecorded.Path) { Content = new StringContent(unrecorded.Body) };
            using var done = await _http.SendAsync(step, cancellation);
            done.EnsureSuccessStatusCode();
        }

        using var request = new HttpRequestMessage(new HttpMethod(exchange.Method), _server.Addresses.First() + exchange.Path);
        if (exchange.RequestBody is { } body)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        }

        foreach (var (name, value) in exchange.RequestHeaders)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (exchange.IsKilled)
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
            using var reader = new StreamReader(stream);
            var first = await reader.ReadLineAsync(cancellation);
            var runner = _server.Runners().Single(static runner => runner.Key.StartsWith("tiny:latest@", StringComparison.Ordinal));
            System.Diagnostics.Process.GetProcessById(runner.ProcessId!.Value).Kill();

            var rest = await reader.ReadToEndAsync(cancellation);

            // The next exchange asks what is loaded: the news of the end may be behind the client's.
            while (_server.Runners().Any(other => other.Key == runner.Key && other.Phase is RunnerPhase.Ready))
            {
                await Task.Delay(5, cancellation);
            }

            return Answer(response, first + "\n" + rest);
        }

        return Answer(response, await response.Content.ReadAsStringAsync(cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _catalog.Dispose();
        _folder.Delete(recursive: true);
    }

    // As Ollama's own client does it: the file is sent as a blob, and what the Modelfile says beside it.
    private async Task CreateAsync(string model, CancellationToken cancellation)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Recorded", "models");
        var weights = await File.ReadAllBytesAsync(Path.Combine(folder, model + ".gguf"), cancellation);
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(weights));
        using var sent = await _http.PostAsync(new Uri($"{_server.Addresses.First()}/api/blobs/{digest}"), new ByteArrayContent(weights), cancellation);
        sent.EnsureSuccessStatusCode();

        var file = ModelfileParser.Parse(await File.ReadAllTextAsync(Path.Combine(folder, model + ".Modelfile"), cancellation), out var problem);
        Assert.Null(problem);
        var request = JsonSerializer.Serialize(new
        {
            model,
            files = new Dictionary<string, string> { [model + ".gguf"] = digest },
            template = file!.Template,
            system = file.System,
            parameters = ModelOptions.Parse(file.Parameters, out _),
            license = file.Licenses,
            stream = false,
        });
        using var made = await _http.PostAsync(new Uri(_server.Addresses.First() + "/api/create"), new StringContent(request), cancellation);
        Assert.Equal("""{"status":"success"}""", await made.Content.ReadAsStringAsync(cancellation));
    }

    private static Answer Answer(HttpResponseMessage response, string body) => new(
        (int)response.StatusCode,
        response.Headers.Concat(response.Content.Headers)
            .ToDictionary(static header => header.Key, static header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
        body);
}

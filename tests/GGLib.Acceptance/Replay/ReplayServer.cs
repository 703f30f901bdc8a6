using System.Net;
using System.Text;
using GGLib.Catalog;
using GGLib.Catalog.Modelfiles;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
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

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gglib-replay-");
    private readonly ModelCatalog _catalog = ModelCatalog.OpenInMemory(TimeProvider.System);
    private readonly GGLibServer _server;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None }) { Timeout = TimeSpan.FromMinutes(2) };

    private ReplayServer(LlamaServerFactory runners)
    {
        // Models are listed newest first, and what times a checkout gives its files is chance.
        var modified = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-Models.Length);
        foreach (var model in Models)
        {
            var file = Path.Combine(_folder.FullName, model + ".gguf");
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Recorded", "models", model + ".gguf"), file);
            File.SetLastWriteTimeUtc(file, modified = modified.AddMinutes(1));
            Assert.True(_catalog.AddTransient(file, profile: Profile(model)).Succeeded);
        }

        _server = GGLibServer.Create(new ServerOptions { Version = "0.0.0-test", Port = 0 }, new EngineSettings { ContextLength = 2048 }, _catalog, runners, TimeProvider.System);
    }

    public static async Task<ReplayServer> StartAsync(CancellationToken cancellation)
    {
        var engine = await AcceptanceEngine.GetAsync(cancellation);
        var directory = RunDirectory.Open(AcceptanceEngine.DataFolder);
        var server = new ReplayServer(new LlamaServerFactory(engine, directory, TimeProvider.System, NullLogger<LlamaServerFactory>.Instance));
        await server._server.StartAsync(cancellation);
        return server;
    }

    public async Task<Answer> SendAsync(Exchange exchange, CancellationToken cancellation)
    {
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

    private static ModelProfile Profile(string model)
    {
        var file = ModelfileParser.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recorded", "models", model + ".Modelfile")), out var problem);
        Assert.Null(problem);
        var profile = ModelProfile.Of(file!, out var wrong);
        Assert.Null(wrong);
        return profile!;
    }

    private static Answer Answer(HttpResponseMessage response, string body) => new(
        (int)response.StatusCode,
        response.Headers.Concat(response.Content.Headers)
            .ToDictionary(static header => header.Key, static header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
        body);
}

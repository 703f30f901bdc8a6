using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using GGLib.Catalog;
using GGLib.Catalog.Registries;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Engine.Scheduling;
using GGLib.Gguf;
using GGLib.Server;
using GGLib.Server.Hosting;
using GGLib.Server.Telemetry;
using GGLib.Tests.Engine.Processes;
using Microsoft.Extensions.Logging;

namespace GGLib.Tests.Server;

/// <summary>
/// The whole server on a free loopback port over a scripted engine. Models: <c>tiny</c> completes, <c>tinytools</c> also calls tools and thinks, <c>tinyembed</c> embeds,
/// <c>tinysee</c> sees and hears, <c>tinyfill</c> fills in.
/// </summary>
internal sealed partial class TestServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gglib-server-").FullName;
    private readonly Channel<RequestLine> _lines = Channel.CreateUnbounded<RequestLine>();
    private readonly IRunnerFactory _runners;
    private readonly GGLibServer _server;
    private bool _stopped;

    private TestServer(IRunnerFactory runners, ServerOptions? options, EngineSettings? settings, bool stored)
    {
        _runners = runners;
        Catalog = stored ? ModelCatalog.Open(Home, TimeProvider.System) : ModelCatalog.OpenInMemory(TimeProvider.System);
        Add("tiny", Llama().Add("tokenizer.chat_template", "{{ messages }}").Add("general.license", "CC0"));
        Add("tinytools", Llama().Add("tokenizer.chat_template", "{{ tools }}<think></think>"));
        Add("tinyembed", Model("bert").Add("bert.pooling_type", 1u));
        Add("tinysee", Llama().Add("llama.vision.block_count", 1u).Add("llama.audio.block_count", 1u));
        Add("tinyfill", Llama().Add("tokenizer.ggml.fim_pre_token_id", 1u).Add("tokenizer.ggml.fim_suf_token_id", 2u).Add("tokenizer.ggml.fim_mid_token_id", 3u));
        _server = GGLibServer.Create(
            (options ?? new ServerOptions { Version = "0.1.0", Transfers = Nowhere }) with { Port = 0, OnRequest = line => _lines.Writer.TryWrite(line) },
            settings ?? new EngineSettings(),
            Catalog,
            runners,
            TimeProvider.System,
            builder => builder.Logging.AddProvider(Warnings));
    }

    public RecordedWarnings Warnings { get; } = new();

    /// <summary>No test asks a registry that is not its own: nobody listens at this address.</summary>
    public static TransferOptions Nowhere { get; } = new() { OllamaRegistry = new Uri("http://127.0.0.1:1"), HuggingFace = new Uri("http://127.0.0.1:1"), Attempts = 1 };

    public ScriptedEngine Engine => Runners.Engine;

    public FakeRunnerFactory Runners => Assert.IsType<FakeRunnerFactory>(_runners);

    public ModelCatalog Catalog { get; }

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Limit.Time };

    public string Address { get; private set; } = "";

    /// <summary>The data folder of a stored library.</summary>
    public string Home => Path.Combine(_folder, "home");

    /// <summary>A server whose engine starts at once.</summary>
    /// <param name="options">How it presents itself; null: as usual.</param>
    /// <param name="settings">How it runs models; null: as usual.</param>
    /// <param name="stored">Whether the library is on disk, where blobs can be kept.</param>
    public static Task<TestServer> StartAsync(ServerOptions? options = null, EngineSettings? settings = null, bool stored = false) => StartAsync(null, options, settings, stored);

    /// <summary>A server whose engine is the test's.</summary>
    public static async Task<TestServer> StartAsync(IRunnerFactory? runners, ServerOptions? options = null, EngineSettings? settings = null, bool stored = false)
    {
        var server = new TestServer(runners ?? new FakeRunnerFactory(), options, settings, stored);
        await server._server.StartAsync(TestContext.Current.CancellationToken);
        server.Address = server._server.Addresses.Single();
        return server;
    }

    /// <summary>The keys of the models that are loaded.</summary>
    public IEnumerable<string> Ready() => _server.Runners().Where(static runner => runner.Phase is RunnerPhase.Ready).Select(static runner => runner.Key);

    public HttpRequestMessage Request(string method, string path, string? body = null) => new(new HttpMethod(method), Address + path)
    {
        Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded"),
    };

    /// <summary>The next request that the server knows to have ended; waits for it.</summary>
    public ValueTask<RequestLine> NextEndedAsync() => _lines.Reader.ReadAsync(Limit.Token);

    /// <summary>Returns when the answer's head is there.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => SendUntilAsync(request, Limit.Token);

    /// <summary>The same for a client that leaves.</summary>
    public Task<HttpResponseMessage> SendUntilAsync(HttpRequestMessage request, CancellationToken leaving) =>
        Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leaving);

    /// <summary>Status, content type and text, with the times in it made the same.</summary>
    public async Task<Answer> AskAsync(string method, string path, string? body = null)
    {
        using var response = await SendAsync(Request(method, path, body));
        var text = await response.Content.ReadAsStringAsync(Limit.Token);
        return new Answer(response.StatusCode, response.Content.Headers.ContentType?.ToString(), Timeless(text));
    }

    public Task<Answer> PostAsync(string path, string body) => AskAsync("POST", path, body);

    /// <summary>Makes times and durations the same in every run.</summary>
    public static string Timeless(string text) => DurationPattern().Replace(TimePattern().Replace(text, "\"T\""), "_duration\":1");

    public async Task StopAsync()
    {
        _stopped = true;
        await _server.DisposeAsync().AsTask().Within();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped)
        {
            await StopAsync();
        }

        Http.Dispose();
        Catalog.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static GgufWriter Llama() => Model("llama");

    public static GgufWriter Model(string architecture) => new GgufWriter()
        .Add("general.architecture", architecture)
        .Add(architecture + ".context_length", 2048u)
        .Add(architecture + ".embedding_length", 64u)
        .AddZeros("token_embd.weight", GgufTensorType.F32, 4, 2);

    /// <summary>Adds another model.</summary>
    public void Add(string name, GgufWriter model)
    {
        var path = Path.Combine(_folder, name + ".gguf");
        model.Write(path);
        Assert.True(Catalog.Add(path, name).Succeeded);
    }

    [GeneratedRegex("\"20[0-9]{2}-[0-9]{2}-[0-9T:.+Z-]+\"")]
    private static partial Regex TimePattern();

    [GeneratedRegex("_duration\":[0-9]+")]
    private static partial Regex DurationPattern();

    internal sealed record Answer(HttpStatusCode Status, string? ContentType, string Text);
}

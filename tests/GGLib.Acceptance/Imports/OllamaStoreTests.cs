using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GGLib.Catalog;
using GGLib.Catalog.Imports;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Server;
using GGLib.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace GGLib.Acceptance.Imports;

/// <summary>A store as Ollama writes it, of recorded models, served over the real engine where it lies.</summary>
public sealed class OllamaStoreTests : IAsyncLifetime
{
    private const string System = "You are a tiny test model that has been told a rather long sentence about itself, so that its prompt is long.";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gglib-store-");
    private readonly HttpClient _http = new() { Timeout = Limit.Time };
    private readonly ModelCatalog _catalog;
    private GGLibServer? _server;

    public OllamaStoreTests()
    {
        Manifest("told", Model("tinytools"), ("system", System), ("params", """{"num_predict":3,"stop":["<|never|>"],"temperature":0}"""), ("license", "MIT"));
        Manifest("plain", Model("tinytools"));
        Manifest("embed", Model("tinyembed"));
        _catalog = ModelCatalog.Open(Data, TimeProvider.System);
    }

    private string Data => Path.Combine(_folder.FullName, "data");

    private string Store => Path.Combine(_folder.FullName, "models");

    public async ValueTask InitializeAsync()
    {
        var engine = await AcceptanceEngine.GetAsync(CancellationToken.None);
        var runners = new LlamaServerFactory(engine, RunDirectory.Open(AcceptanceEngine.DataFolder), TimeProvider.System, NullLogger<LlamaServerFactory>.Instance);
        _server = GGLibServer.Create(new ServerOptions { Version = "0.0.0-test", Port = 0 }, new EngineSettings { MaxLoadedModels = 8, ContextLength = 2048 }, _catalog, runners, TimeProvider.System);
        await _server.StartAsync(CancellationToken.None);
        _http.BaseAddress = new Uri(_server.Addresses.First());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _catalog.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Three_models_are_served_where_they_lie_with_what_is_stored_in_force()
    {
        var store = Files(Store);
        var before = Files(Data).Sum(static file => file.Bytes);

        var report = _catalog.Import(new ModelStore(StoreKind.Ollama, Store), TestContext.Current.CancellationToken);

        Assert.Empty(report.Problems);
        var tags = await GetAsync("/api/tags");
        Assert.Equal(["embed:latest", "plain:latest", "told:latest"], tags.GetProperty("models").EnumerateArray().Select(static model => model.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
        Assert.All(tags.GetProperty("models").EnumerateArray(), model => Assert.Equal(ManifestDigest(model.GetProperty("name").GetString()!.Split(':')[0]), model.GetProperty("digest").GetString()));

        var shown = await PostAsync("/api/show", """{"model":"told"}""");
        Assert.Equal(System, shown.GetProperty("system").GetString());
        Assert.Equal("MIT", shown.GetProperty("license").GetString());
        Assert.Equal(["num_predict 3", "stop \"<|never|>\"", "temperature 0"], shown.GetProperty("parameters").GetString()!.Split('\n').Select(static line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));

        var told = await PostAsync("/api/chat", """{"model":"told","stream":false,"messages":[{"role":"user","content":"hi"}]}""");
        var plain = await PostAsync("/api/chat", """{"model":"plain","stream":false,"options":{"num_predict":8,"temperature":0},"messages":[{"role":"user","content":"hi"}]}""");
        Assert.InRange(told.GetProperty("eval_count").GetInt32(), 1, 3);
        Assert.InRange(told.GetProperty("prompt_eval_count").GetInt32() - plain.GetProperty("prompt_eval_count").GetInt32(), 20, 1000);
        var embedded = await PostAsync("/api/embed", """{"model":"embed","input":"hi"}""");
        Assert.NotEqual(0, embedded.GetProperty("embeddings")[0].GetArrayLength());

        // Nothing but the catalog's own database has grown, and by less than any model's size.
        Assert.All(Files(Data), static file => Assert.StartsWith("catalog.db", Path.GetFileName(file.Path), StringComparison.Ordinal));
        Assert.InRange(Files(Data).Sum(static file => file.Bytes) - before, 0, 300_000);
        Assert.Equal(store, Files(Store));
    }

    [Fact]
    public async Task A_model_that_Ollama_pulls_meanwhile_is_there_without_a_restart()
    {
        _catalog.Import(new ModelStore(StoreKind.Ollama, Store), TestContext.Current.CancellationToken);
        const string Question = """{"model":"later","stream":false,"prompt":"hi","options":{"num_predict":2}}""";
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/api/generate", Question));

        Manifest("later", Model("tinytools"));

        await Limit.UntilAsync(async () => await StatusAsync("/api/generate", Question) is HttpStatusCode.OK, "the new model answers", TestContext.Current.CancellationToken);

        File.Delete(ManifestPath("later"));
        await Limit.UntilAsync(async () => (await GetAsync("/api/tags")).GetProperty("models").GetArrayLength() == 3, "the deleted model is not listed", TestContext.Current.CancellationToken);
    }

    private static byte[] Model(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Recorded", "models", name + ".gguf"));

    private static (string Path, long Bytes, DateTime Changed)[] Files(string folder) =>
    [
        .. new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(static file => file.FullName, StringComparer.Ordinal).Select(static file => (file.FullName, file.Length, file.LastWriteTimeUtc)),
    ];

    private string ManifestPath(string model) => Path.Combine(Store, "manifests", "registry.ollama.ai", "library", model, "latest");

    private string ManifestDigest(string model) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(ManifestPath(model))));

    private void Manifest(string model, byte[] weights, params (string Kind, string Text)[] layers)
    {
        var all = layers.Select(layer => Layer(layer.Kind, Encoding.UTF8.GetBytes(layer.Text))).Prepend(Layer("model", weights));
        const string Configuration = """{"model_format":"gguf","model_family":"llama"}""";
        Directory.CreateDirectory(Path.GetDirectoryName(ManifestPath(model))!);
        File.WriteAllText(ManifestPath(model), $$"""{"schemaVersion":2,"config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"{{Blob(Encoding.UTF8.GetBytes(Configuration))}}","size":{{Configuration.Length}}},"layers":[{{string.Join(',', all)}}]}""");
    }

    private string Layer(string kind, byte[] content) => $$"""{"mediaType":"application/vnd.ollama.image.{{kind}}","digest":"{{Blob(content)}}","size":{{content.Length}}}""";

    private string Blob(byte[] content)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        var path = Path.Combine(Store, "blobs", "sha256-" + digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!File.Exists(path))
        {
            File.WriteAllBytes(path, content);
        }

        return "sha256:" + digest;
    }

    private async Task<JsonElement> GetAsync(string path) => JsonDocument.Parse(await _http.GetStringAsync(path, TestContext.Current.CancellationToken)).RootElement.Clone();

    private async Task<JsonElement> PostAsync(string path, string body)
    {
        using var content = new StringContent(body);
        using var response = await _http.PostAsync(path, content, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    private async Task<HttpStatusCode> StatusAsync(string path, string body)
    {
        using var content = new StringContent(body);
        using var response = await _http.PostAsync(path, content, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}

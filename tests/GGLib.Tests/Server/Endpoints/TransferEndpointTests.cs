using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GGLib.Catalog.Registries;
using GGLib.Gguf;
using GGLib.Server;
using GGLib.Tests.Catalog.Registries;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Pull and push over HTTP, between the whole server with a library on disk and a registry on this machine.</summary>
public sealed class TransferEndpointTests : IAsyncDisposable
{
    private const string Json = "application/json; charset=utf-8";
    private const string JsonOfStream = "application/json";
    private const string Ndjson = "application/x-ndjson";

    private TestRegistry? _registry;

    private TestRegistry Registry => _registry!;

    public async ValueTask DisposeAsync() => await (_registry?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Fact]
    public async Task A_pull_is_told_line_by_line_and_the_model_is_there()
    {
        await using var server = await StartAsync();
        var weights = Weights();
        var manifest = Registry.AddModel("library/new", "1b", ("model", weights), ("system", "Be brief."u8.ToArray()), ("params", """{"stop":["x"],"top_k":20}"""u8.ToArray()));
        var config = """{"model_format":"gguf"}"""u8.ToArray();

        var pulled = await server.PostAsync("/api/pull", """{"model":"new:1b"}""");

        Assert.Equal((HttpStatusCode.OK, Ndjson), (pulled.Status, pulled.ContentType));
        Assert.Equal(
            $$"""
            {"status":"pulling manifest"}
            {{File(weights)}}
            {{File("Be brief."u8)}}
            {{File("""{"stop":["x"],"top_k":20}"""u8)}}
            {{File(config)}}
            {"status":"verifying sha256 digest"}
            {"status":"writing manifest"}
            {"status":"success"}

            """.ReplaceLineEndings("\n"),
            LastOfEach(pulled.Text));

        using var tags = JsonDocument.Parse((await server.AskAsync("GET", "/api/tags")).Text);
        var tag = tags.RootElement.GetProperty("models").EnumerateArray().Single(static model => model.GetProperty("name").GetString() == "new:1b");
        Assert.Equal(Hex(Encoding.UTF8.GetBytes(manifest)), tag.GetProperty("digest").GetString());
        using var show = JsonDocument.Parse((await server.PostAsync("/api/show", """{"model":"new:1b"}""")).Text);
        Assert.Equal(
            ("Be brief.", "stop                           \"x\"\ntop_k                          20"),
            (show.RootElement.GetProperty("system").GetString(), show.RootElement.GetProperty("parameters").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/generate", """{"model":"new:1b","stream":false}""")).Status);
    }

    [Fact]
    public async Task Without_a_stream_only_the_end_is_told()
    {
        await using var server = await StartAsync();
        Registry.AddModel("library/new", "latest", ("model", Weights()));

        Assert.Equal(new(HttpStatusCode.OK, JsonOfStream, """{"status":"success"}"""), await server.PostAsync("/api/pull", """{"name":"new","stream":false}"""));
        Assert.Equal(
            new(HttpStatusCode.InternalServerError, JsonOfStream, """{"error":"pull model manifest: file does not exist"}"""),
            await server.PostAsync("/api/pull", """{"model":"nope","stream":false}"""));
    }

    /// <summary>Codex pulls a name that it does not find in the list with this spelling; <c>tiny</c> is listed as <c>tiny:latest</c>.</summary>
    [Theory]
    [InlineData("", "{\"status\":\"pulling manifest\"}\n{\"status\":\"success\"}\n")]
    [InlineData(",\"stream\":false", "{\"status\":\"success\"}")]
    public async Task A_model_of_the_library_that_no_registry_has_is_pulled_with_success(string fields, string text)
    {
        await using var server = await StartAsync();

        Assert.Equal(text, (await server.PostAsync("/api/pull", $$"""{"model":"tiny"{{fields}}}""")).Text);
    }

    [Fact]
    public async Task A_model_of_the_library_is_pulled_with_success_without_a_registry()
    {
        await using var server = await TestServer.StartAsync(stored: true);

        Assert.Equal("{\"status\":\"success\"}", (await server.PostAsync("/api/pull", """{"model":"tiny","stream":false}""")).Text);
        Assert.Equal(HttpStatusCode.InternalServerError, (await server.PostAsync("/api/pull", """{"model":"nope","stream":false}""")).Status);
    }

    [Fact]
    public async Task A_model_that_the_registry_does_not_have_is_told_in_Ollamas_words()
    {
        await using var server = await StartAsync();

        Assert.Equal(
            new(HttpStatusCode.OK, Ndjson, "{\"status\":\"pulling manifest\"}\n{\"error\":\"pull model manifest: file does not exist\"}\n"),
            await server.PostAsync("/api/pull", """{"model":"nope"}"""));
        Assert.Equal(
            new(HttpStatusCode.OK, Ndjson, "{\"status\":\"pulling manifest\"}\n{\"error\":\"pull model manifest: file does not exist\",\"fault\":\"NotFound\"}\n"),
            await server.PostAsync("/api/pull", """{"model":"nope","faults":true}"""));
    }

    [Theory]
    [InlineData("/api/pull", """{"model":"a b"}""", 400, "invalid model name")]
    [InlineData("/api/pull", """{}""", 400, "invalid model name")]
    [InlineData("/api/pull", "", 400, "missing request body")]
    [InlineData("/api/pull", """{"model":5}""", 400, "json: cannot unmarshal number into Go struct field PullRequest.model of type string")]
    [InlineData("/api/push", """{}""", 400, "model is required")]
    [InlineData("/api/push", "", 400, "missing request body")]
    public async Task What_makes_no_sense_is_refused(string path, string body, int status, string error)
    {
        await using var server = await StartAsync();
        var answer = await server.PostAsync(path, body);

        Assert.Equal(((HttpStatusCode)status, Json), (answer.Status, answer.ContentType));
        Assert.Equal(error, JsonDocument.Parse(answer.Text).RootElement.GetProperty("error").GetString());
        Assert.Empty(Registry.Requests);
    }

    [Theory]
    [InlineData("hf.co/o/r", "invalid model name")]
    [InlineData("a b", "invalid model name")]
    [InlineData("me/nope", "model 'me/nope' not found")]
    public async Task What_is_not_there_to_be_pushed_is_a_last_line(string name, string error)
    {
        await using var server = await StartAsync();

        Assert.Equal(
            new(HttpStatusCode.OK, Ndjson, $"{{\"status\":\"retrieving manifest\"}}\n{{\"status\":\"couldn't retrieve manifest\"}}\n{{\"error\":\"{error}\"}}\n"),
            await server.PostAsync("/api/push", $$"""{"model":"{{name}}"}"""));
        Assert.Equal(
            new(HttpStatusCode.InternalServerError, "application/json", $$"""{"error":"{{error}}"}"""),
            await server.PostAsync("/api/push", $$"""{"model":"{{name}}","stream":false}"""));
        Assert.Empty(Registry.Requests);
    }

    [Fact]
    public async Task A_client_that_leaves_loses_little()
    {
        await using var server = await StartAsync();
        var weights = Weights(16_000_000);
        Registry.AddModel("library/new", "latest", ("model", weights));
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Limit.Token);
        Registry.Pace = async (served, cancellation) =>
        {
            if (served > 6_000_000)
            {
                await leaving.CancelAsync();
                await Task.Delay(Timeout.Infinite, cancellation);
            }
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            using var response = await server.SendUntilAsync(server.Request("POST", "/api/pull", """{"model":"new"}"""), leaving.Token);
            await response.Content.ReadAsStringAsync(leaving.Token);
        });
        Registry.Pace = null;

        // Who asks before the server knows of it would only join the pull that hangs.
        Assert.Equal("/api/pull", (await server.NextEndedAsync()).Path);

        var pulled = await server.PostAsync("/api/pull", """{"model":"new"}""");

        Assert.EndsWith("{\"status\":\"success\"}\n", pulled.Text, StringComparison.Ordinal);
        Assert.Equal(weights, await System.IO.File.ReadAllBytesAsync(server.Catalog.Find("new")!.Path, Limit.Token));
        Assert.InRange(Registry.BytesServed, weights.Length, weights.Length * 1.1);
    }

    [Fact]
    public async Task What_was_pulled_is_deleted_with_its_last_name()
    {
        await using var server = await StartAsync();
        Registry.AddModel("library/new", "latest", ("model", Weights()));
        for (var no = 0; no < 3; no++)
        {
            Registry.AddToHub("o/r", $"r-Q8_0-{no + 1:00000}-of-00003.gguf", Part(no, 3));
        }

        await SucceedsAsync(server, "/api/pull", """{"model":"new"}""");
        await SucceedsAsync(server, "/api/pull", """{"model":"hf.co/o/r:Q8_0"}""");
        var served = Registry.BytesServed;
        await SucceedsAsync(server, "/api/pull", """{"model":"hf.co/o/r:Q8_0"}""");
        Assert.Equal(served, Registry.BytesServed);
        var blobs = Path.Combine(server.Home, "models", "blobs");
        var split = server.Catalog.Find("hf.co/o/r:Q8_0")!;
        Assert.Equal(3, split.Files.Length);

        await server.PostAsync("/api/copy", """{"source":"hf.co/o/r:Q8_0","destination":"twin"}""");
        Assert.Equal(HttpStatusCode.OK, (await server.AskAsync("DELETE", "/api/delete", """{"model":"hf.co/o/r:Q8_0"}""")).Status);
        Assert.All(split.Files, static file => Assert.True(System.IO.File.Exists(file.Path)));
        Assert.Equal(HttpStatusCode.OK, (await server.AskAsync("DELETE", "/api/delete", """{"model":"twin"}""")).Status);
        Assert.All(split.Files, static file => Assert.False(System.IO.File.Exists(file.Path)));
        Assert.Equal(HttpStatusCode.OK, (await server.AskAsync("DELETE", "/api/delete", """{"model":"new"}""")).Status);
        Assert.DoesNotContain(Blobs(), static size => size > 100);

        IEnumerable<long> Blobs() => Directory.EnumerateFiles(blobs, "*", SearchOption.AllDirectories).Select(static file => new FileInfo(file).Length);
    }

    [Fact]
    public async Task What_a_new_version_of_a_split_model_has_in_common_with_the_old_one_stays()
    {
        await using var server = await StartAsync();
        Registry.AddToHub("o/r", "r-Q8_0-00001-of-00002.gguf", Part(0, 2));
        Registry.AddToHub("o/r", "r-Q8_0-00002-of-00002.gguf", Part(1, 2));
        await SucceedsAsync(server, "/api/pull", """{"model":"hf.co/o/r:Q8_0"}""");
        Registry.ClearHub("o/r");
        Registry.AddToHub("o/r", "r-Q8_0-00001-of-00002.gguf", Part(0, 2));
        Registry.AddToHub("o/r", "r-Q8_0-00002-of-00002.gguf", [.. Part(1, 2), 0]);
        await SucceedsAsync(server, "/api/pull", """{"model":"hf.co/o/r:Q8_0"}""");

        string[] blobs = [.. Directory.GetFiles(Path.Combine(server.Home, "models", "blobs")).Select(static path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        Assert.Equal(new[] { $"sha256-{Hex(Part(0, 2))}", $"sha256-{Hex([.. Part(1, 2), 0])}" }.Order(StringComparer.Ordinal), blobs);
    }

    [Fact]
    public async Task A_model_that_is_pushed_is_the_same_when_it_is_pulled_elsewhere()
    {
        await using var server = await StartAsync();
        await server.PostAsync("/api/create", """{"model":"me/mario","from":"tiny","system":"You are Mario.","template":"{{ .Prompt }}","license":"MIT","parameters":{"num_ctx":512},"messages":[{"role":"user","content":"hi"}],"stream":false}""");

        var pushed = await server.PostAsync("/api/push", """{"model":"me/mario"}""");

        Assert.StartsWith("{\"status\":\"retrieving manifest\"}\n{\"status\":\"pushing ", pushed.Text, StringComparison.Ordinal);
        Assert.EndsWith("{\"status\":\"pushing manifest\"}\n{\"status\":\"success\"}\n", pushed.Text, StringComparison.Ordinal);
        await using var other = await TestServer.StartAsync(Options(), stored: true);
        await SucceedsAsync(other, "/api/pull", """{"model":"me/mario"}""");
        var (here, there) = (server.Catalog.Find("me/mario")!, other.Catalog.Find("me/mario")!);
        Assert.Equal(Hex(await System.IO.File.ReadAllBytesAsync(here.Path, Limit.Token)), Hex(await System.IO.File.ReadAllBytesAsync(there.Path, Limit.Token)));
        Assert.Equal(
            (here.Profile.System, here.Profile.Template, here.Profile.Parameters?.GetRawText(), here.Profile.Licenses.Single(), here.Profile.Messages.Single()),
            (there.Profile.System, there.Profile.Template, there.Profile.Parameters?.GetRawText(), there.Profile.Licenses.Single(), there.Profile.Messages.Single()));

        // Pushed from there, it is the same manifest.
        var manifest = Registry.Manifest("me/mario", "latest");
        await SucceedsAsync(other, "/api/push", """{"model":"me/mario"}""");
        Assert.Equal(manifest, Registry.Manifest("me/mario", "latest"));
        Assert.Equal(Hex(Encoding.UTF8.GetBytes(manifest!)), there.Profile.ManifestDigest);
    }

    [Fact]
    public async Task A_model_can_be_made_from_one_that_is_still_to_be_pulled()
    {
        await using var server = await StartAsync();
        Registry.AddModel("library/base", "latest", ("model", Weights()));

        var made = await server.PostAsync("/api/create", """{"model":"child","from":"base","system":"Hi."}""");

        Assert.StartsWith("{\"status\":\"pulling manifest\"}\n", made.Text, StringComparison.Ordinal);
        Assert.EndsWith("{\"status\":\"writing manifest\"}\n{\"status\":\"success\"}\n", made.Text, StringComparison.Ordinal);
        Assert.Equal(("Hi.", server.Catalog.Find("base")!.Path), (server.Catalog.Find("child")!.Profile.System, server.Catalog.Find("child")!.Path));
    }

    private async Task<TestServer> StartAsync()
    {
        _registry = await TestRegistry.StartAsync();
        return await TestServer.StartAsync(Options(), stored: true);
    }

    private ServerOptions Options() => new()
    {
        Version = "0.1.0",
        Transfers = new TransferOptions { OllamaRegistry = Registry.Address, HuggingFace = Registry.Address, Connections = 4, PartSize = 256 << 10, Stall = Limit.Time },
    };

    private static async Task SucceedsAsync(TestServer server, string path, string body) =>
        Assert.EndsWith("{\"status\":\"success\"}\n", (await server.PostAsync(path, body)).Text, StringComparison.Ordinal);

    private static byte[] Weights(int bytes = 400_000) => new GgufWriter().Add("general.architecture", "llama").Add("llama.context_length", 2048u)
        .AddTensor("token_embd.weight", GgufTensorType.F32, [4, bytes / 16], PullBench.Bytes(bytes / 16 * 16)).ToArray();

    private static byte[] Part(int no, int count)
    {
        var part = new GgufWriter().Add("split.no", GgufValue.Of((ushort)no)).Add("split.count", GgufValue.Of((ushort)count)).Add("split.tensors.count", GgufValue.Of(count))
            .AddZeros($"blk.{no}.w", GgufTensorType.F32, 2, 3);
        return (no == 0 ? part.Add("general.architecture", "llama") : part).ToArray();
    }

    /// <summary>Of the lines about one file there may be any number; the last of them is complete.</summary>
    private static string LastOfEach(string lines)
    {
        var kept = new List<string>();
        foreach (var line in lines.Split('\n'))
        {
            if (kept.Count > 0 && Status(kept[^1]) is { } status && status == Status(line))
            {
                kept.RemoveAt(kept.Count - 1);
            }

            kept.Add(line);
        }

        return string.Join('\n', kept);

        static string? Status(string line) => line.Length == 0 ? null : JsonDocument.Parse(line).RootElement.GetProperty("status").GetString();
    }

    private static string File(ReadOnlySpan<byte> content) =>
        $$"""{"status":"pulling {{Hex(content)[..12]}}","digest":"sha256:{{Hex(content)}}","total":{{content.Length}},"completed":{{content.Length}}}""";

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

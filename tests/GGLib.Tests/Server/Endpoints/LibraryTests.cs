using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GGLib.Gguf;
using GGLib.Server;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Blobs, create, copy and delete, word for word.</summary>
public sealed class LibraryTests
{
    private const string Json = "application/json; charset=utf-8";
    private const string JsonOfStream = "application/json";
    private const string Ndjson = "application/x-ndjson";
    private const string Unknown = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

    [Fact]
    public async Task A_blob_is_sent_once_and_kept_whole_or_not_at_all()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { Version = "0.1.0", LargestBody = 1000 }, stored: true);

        // Larger than any other body may be.
        var content = new string('x', 5000);
        var digest = Digest(Encoding.UTF8.GetBytes(content));

        Assert.Equal((HttpStatusCode.NotFound, Json), await HeadAsync(server, digest));
        Assert.Equal(new(HttpStatusCode.Created, null, ""), await server.PostAsync($"/api/blobs/{digest}", content));
        Assert.Equal((HttpStatusCode.OK, null), await HeadAsync(server, digest.Replace(':', '-')));
        Assert.Equal(new(HttpStatusCode.OK, null, ""), await server.PostAsync($"/api/blobs/{digest}", content));
        Assert.Equal(
            new(HttpStatusCode.BadRequest, Json, $$"""{"error":"digest mismatch, expected \"{{Unknown}}\", got \"{{digest}}\""}"""),
            await server.PostAsync($"/api/blobs/{Unknown}", content));
        Assert.Equal((HttpStatusCode.NotFound, Json), await HeadAsync(server, Unknown));
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("sha256:xyz")]
    [InlineData("sha256:..%2f..%2f..%2f0000000000000000000000000000000000000000000000000000000")]
    [InlineData("md5:00000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_digest_that_is_none_is_refused(string digest)
    {
        await using var server = await TestServer.StartAsync(stored: true);

        Assert.Equal(new(HttpStatusCode.BadRequest, Json, """{"error":"invalid digest format"}"""), await server.PostAsync($"/api/blobs/{digest}", "x"));
        Assert.Equal((HttpStatusCode.BadRequest, Json), await HeadAsync(server, digest));
    }

    [Fact]
    public async Task A_model_is_made_of_a_blob_step_by_step()
    {
        await using var server = await TestServer.StartAsync(stored: true);
        var weights = new GgufWriter().Add("general.architecture", "llama").AddZeros("token_embd.weight", GgufTensorType.F32, 4, 2).ToArray();
        var digest = Digest(weights);
        using (var upload = server.Request("POST", $"/api/blobs/{digest}"))
        {
            upload.Content = new ByteArrayContent(weights);
            Assert.Equal(HttpStatusCode.Created, (await server.SendAsync(upload)).StatusCode);
        }

        var made = await server.PostAsync("/api/create", $$$"""{"model":"New","files":{"m.gguf":"{{{digest}}}"},"system":"Hi."}""");

        Assert.Equal(
            new(HttpStatusCode.OK, Ndjson, $$"""
                {"status":"parsing GGUF"}
                {"status":"using existing layer {{digest}}"}
                {"status":"creating new layer {{Digest("Hi."u8)}}"}
                {"status":"writing manifest"}
                {"status":"success"}

                """.ReplaceLineEndings("\n")),
            made);
        using var tags = JsonDocument.Parse((await server.AskAsync("GET", "/api/tags")).Text);
        Assert.Equal("New:latest", tags.RootElement.GetProperty("models")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task What_is_stored_with_a_model_shows()
    {
        await using var server = await TestServer.StartAsync(stored: true);
        var made = await server.PostAsync(
            "/api/create",
            """
            {"model":"tiny3","from":"tiny","template":"{{ .Prompt }}","system":"You are T3","license":["MIT","CC0"],"messages":[{"role":"user","content":"hi"}],"requires":"0.9.0",
            "parameters":{"temperature":0.1,"num_ctx":1024,"stop":"x","unheard_of":1,"seed":null},"stream":false}
            """);
        Assert.Equal(new(HttpStatusCode.OK, JsonOfStream, """{"status":"success"}"""), made);

        using var show = JsonDocument.Parse((await server.PostAsync("/api/show", """{"model":"tiny3"}""")).Text);
        var root = show.RootElement;
        Assert.Equal("num_ctx                        1024\nstop                           \"x\"\ntemperature                    0.1\nunheard_of                     \"1\"", root.GetProperty("parameters").GetString());
        Assert.Equal(
            ("{{ .Prompt }}", "You are T3", "MIT\nCC0", "0.9.0", "tiny:latest", """[{"role":"user","content":"hi"}]"""),
            (root.GetProperty("template").GetString(), root.GetProperty("system").GetString(), root.GetProperty("license").GetString(), root.GetProperty("requires").GetString(),
                root.GetProperty("details").GetProperty("parent_model").GetString(), root.GetProperty("messages").GetRawText()));
    }

    [Fact]
    public async Task What_a_maker_says_of_a_model_shows_in_place_of_what_its_file_says()
    {
        await using var server = await TestServer.StartAsync(stored: true);
        await server.PostAsync(
            "/api/create",
            """
            {"model":"said","from":"tinytools","info":{"capabilities":["completion","vision"],"model_family":"qwen3","base_name":"Qwen3 Tiny","quantization_level":"Q9","parameter_size":"8.2B",
            "context_length":40960,"embedding_length":4096,"unheard_of":1},"stream":false}
            """);
        await server.PostAsync("/api/create", """{"model":"further","from":"said","system":"Hi.","info":{"context_length":"many"},"stream":false}""");

        foreach (var name in (string[])["said", "further"])
        {
            using var show = JsonDocument.Parse((await server.PostAsync("/api/show", $$"""{"model":"{{name}}"}""")).Text);
            Assert.Equal(("qwen3", "8.2B", "Q9"), (Detail(show.RootElement, "family"), Detail(show.RootElement, "parameter_size"), Detail(show.RootElement, "quantization_level")));
            Assert.Equal("""["completion","vision"]""", show.RootElement.GetProperty("capabilities").GetRawText());
            Assert.Equal("Qwen3 Tiny", show.RootElement.GetProperty("model_info").GetProperty("general.basename").GetString());
        }

        using var tags = JsonDocument.Parse((await server.AskAsync("GET", "/api/tags")).Text);
        var details = tags.RootElement.GetProperty("models").EnumerateArray().First(static model => model.GetProperty("name").GetString() is "said:latest").GetProperty("details");
        Assert.Equal((40960, 4096), (details.GetProperty("context_length").GetInt32(), details.GetProperty("embedding_length").GetInt32()));

        // Without tools it is let use none.
        var refused = await server.PostAsync("/api/chat", """{"model":"said","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f","parameters":{}}}]}""");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);

        static string? Detail(JsonElement show, string name) => show.GetProperty("details").GetProperty(name).GetString();
    }

    [Theory]
    [InlineData("", 400, Json, "missing request body")]
    [InlineData("""{"from":"tiny"}""", 400, Json, "invalid model name")]
    [InlineData("""{"model":"a b","from":"tiny"}""", 400, Json, "invalid model name")]
    [InlineData("""{"model":"../../x/y","from":"tiny"}""", 400, Json, "invalid model name")]
    [InlineData("""{"model":"x:cloud","from":"tiny"}""", 400, Json, "invalid model name")]
    [InlineData("""{"model":"m","from":5}""", 400, Json, "json: cannot unmarshal number into Go struct field CreateRequest.from of type string")]
    [InlineData("""{"model":"m","files":{"x":5}}""", 400, Json, "json: cannot unmarshal number into Go struct field CreateRequest.files of type string")]
    [InlineData("""{"model":"m"}""", 400, JsonOfStream, "neither 'from' or 'files' was specified")]
    [InlineData("""{"name":"m","modelfile":"FROM tiny"}""", 400, JsonOfStream, "neither 'from' or 'files' was specified")]
    [InlineData("""{"model":"m","files":{}}""", 400, JsonOfStream, "no files provided to convert")]
    [InlineData("""{"model":"m","files":{"../x.gguf":"sha256:0000000000000000000000000000000000000000000000000000000000000000"}}""", 400, Json, "file path must be relative")]
    [InlineData("""{"model":"m","files":{"/etc/x.gguf":"sha256:0000000000000000000000000000000000000000000000000000000000000000"}}""", 400, Json, "file path must be relative")]
    [InlineData("""{"model":"m","files":{"x.gguf":""}}""", 400, Json, "invalid digest format")]
    [InlineData("""{"model":"m","from":"tiny","adapters":{"a.gguf":"sha256:0000000000000000000000000000000000000000000000000000000000000000","b.gguf":"sha256:0000000000000000000000000000000000000000000000000000000000000000"}}""", 400, JsonOfStream, "only one adapter is currently supported")]
    [InlineData("""{"model":"m","from":"tiny","template":"{{ .x"}""", 400, JsonOfStream, "template error: template: an action is not closed (line 1, column 6)")]
    [InlineData("""{"model":"m","from":"tiny","license":5}""", 400, JsonOfStream, "'license' must be a text or an array of texts")]
    [InlineData("""{"model":"m","from":"tiny","parameters":{"temperature":"hot"}}""", 400, JsonOfStream, "option \"temperature\" must be of type float32")]
    [InlineData("""{"model":"m","from":"tiny","remote_host":"https://example.com"}""", 400, JsonOfStream, "models that run elsewhere are not served here: 'remote_host' cannot be used")]
    [InlineData("""{"model":"m","from":"nope","stream":false}""", 500, JsonOfStream, "pull model manifest: 127.0.0.1:1 cannot be reached: Connection refused.")]
    [InlineData("""{"model":"m","from":"tiny","quantize":"q4_K_M"}""", 500, JsonOfStream, "there is no llama-quantize beside this llama-server, so nothing can be quantized")]
    public async Task What_cannot_be_made_is_refused(string body, int status, string contentType, string error)
    {
        await using var server = await TestServer.StartAsync(stored: true);
        var answer = await server.PostAsync("/api/create", body);

        Assert.Equal(((HttpStatusCode)status, contentType), (answer.Status, answer.ContentType));
        Assert.Equal(error, JsonDocument.Parse(answer.Text).RootElement.GetProperty("error").GetString());
        Assert.Null(server.Catalog.Find("m"));
    }

    [Fact]
    public async Task An_error_after_the_first_step_is_a_last_line()
    {
        await using var server = await TestServer.StartAsync(stored: true);
        var digest = Digest("hello blob"u8);
        await server.PostAsync($"/api/blobs/{digest}", "hello blob");

        Assert.Equal(
            new(HttpStatusCode.OK, Ndjson, "{\"status\":\"parsing GGUF\"}\n{\"error\":\"supplied file was not in GGUF format\"}\n"),
            await server.PostAsync("/api/create", $$$"""{"model":"m","files":{"x.gguf":"{{{digest}}}"}}"""));
        Assert.Equal(
            new(HttpStatusCode.InternalServerError, JsonOfStream, """{"error":"supplied file was not in GGUF format"}"""),
            await server.PostAsync("/api/create", $$$"""{"model":"m","files":{"x.gguf":"{{{digest}}}"},"stream":false}"""));
    }

    [Theory]
    [InlineData("""{"source":"nope","destination":"x"}""", 404, """{"error":"model \"nope\" not found"}""")]
    [InlineData("""{"source":"a b","destination":"x"}""", 400, """{"error":"source \"a b\" is invalid"}""")]
    [InlineData("""{"source":"tiny","destination":"../x"}""", 400, """{"error":"destination \"../x\" is invalid"}""")]
    [InlineData("""{"source":"tiny"}""", 400, """{"error":"destination \"\" is invalid"}""")]
    [InlineData("""{}""", 400, """{"error":"source \"\" is invalid"}""")]
    public async Task What_cannot_be_copied_is_refused(string body, int status, string error)
    {
        await using var server = await TestServer.StartAsync(stored: true);

        Assert.Equal(new((HttpStatusCode)status, Json, error), await server.PostAsync("/api/copy", body));
    }

    [Fact]
    public async Task A_copy_is_a_model_of_its_own()
    {
        await using var server = await TestServer.StartAsync(stored: true);
        Assert.Equal(new(HttpStatusCode.OK, null, ""), await server.PostAsync("/api/copy", """{"source":"tiny","destination":"Ns/Tiny-Copy:V1"}"""));
        Assert.Equal(new(HttpStatusCode.OK, null, ""), await server.PostAsync("/api/copy", """{"source":"tinysee","destination":"ns/tiny-copy:v1"}"""));
        Assert.Equal(new(HttpStatusCode.OK, null, ""), await server.PostAsync("/api/copy", """{"source":"tiny","destination":"tiny"}"""));
        Assert.Equal(new(HttpStatusCode.OK, null, ""), await server.AskAsync("DELETE", "/api/delete", """{"name":"tinysee"}"""));

        var copy = server.Catalog.Find("ns/tiny-copy:v1")!;
        Assert.Equal(("Ns/Tiny-Copy:V1", "tinysee.gguf"), (copy.Name.Display, Path.GetFileName(copy.Path)));
        Assert.True(File.Exists(copy.Path));
    }

    [Theory]
    [InlineData("""{"model":"nope"}""", 404, """{"error":"model 'nope' not found"}""")]
    [InlineData("""{"model":"a b"}""", 400, """{"error":"name \"a b\" is invalid"}""")]
    [InlineData("""{}""", 400, """{"error":"model is required"}""")]
    [InlineData("{", 400, """{"error":"unexpected EOF"}""")]
    [InlineData("", 400, """{"error":"missing request body"}""")]
    public async Task What_cannot_be_deleted_is_refused(string body, int status, string error)
    {
        await using var server = await TestServer.StartAsync(stored: true);

        Assert.Equal(new((HttpStatusCode)status, Json, error), await server.AskAsync("DELETE", "/api/delete", body));
    }

    [Fact]
    public async Task A_model_that_is_deleted_or_replaced_is_unloaded_first()
    {
        await using var server = await TestServer.StartAsync(stored: true);
        await server.PostAsync("/api/create", """{"model":"m","from":"tiny","parameters":{"num_ctx":512},"stream":false}""");
        await server.PostAsync("/api/generate", """{"model":"m","keep_alive":-1}""");
        await server.PostAsync("/api/generate", """{"model":"tiny","keep_alive":-1}""");
        Assert.Equal(["m:latest", "tiny:latest"], Loaded());

        await server.PostAsync("/api/create", """{"model":"m","from":"tiny","parameters":{"num_ctx":1024},"stream":false}""");
        Assert.Equal(["tiny:latest"], Loaded());

        await server.AskAsync("DELETE", "/api/delete", """{"model":"tiny"}""");
        Assert.Empty(Loaded());
        Assert.Equal(HttpStatusCode.NotFound, (await server.PostAsync("/api/generate", """{"model":"tiny"}""")).Status);

        string[] Loaded() => [.. server.Ready().Select(static key => key.Split('@')[0]).Order(StringComparer.Ordinal)];
    }

    private static string Digest(ReadOnlySpan<byte> bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static async Task<(HttpStatusCode Status, string? ContentType)> HeadAsync(TestServer server, string digest)
    {
        using var response = await server.SendAsync(server.Request("HEAD", $"/api/blobs/{digest}"));
        return (response.StatusCode, response.Content.Headers.ContentType?.ToString());
    }
}

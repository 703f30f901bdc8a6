using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using GGLib.Engine.Launching;
using GGLib.Tests.Engine.Processes;

namespace GGLib.Tests.Server.Endpoints;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c> in the forms of OpenAI, Codex and Anthropic.</summary>
public sealed class ModelsEndpointTests
{
    private const string Numbers =
        ""","context_length":2048,"max_context_length":2048,"loaded_context_length":2048,"meta":{"n_ctx":2048,"n_ctx_train":2048,"n_embd":64,"n_params":8,"size":SIZE}""";

    [Theory]
    [InlineData("/v1/models/tiny", "tiny")]
    [InlineData("/v1/models/tiny:latest", "tiny:latest")]
    [InlineData("/v1/models/library/tiny", "library/tiny")]
    [InlineData("/v1/models/library%2Ftiny", "library/tiny")]
    public async Task OpenAIs_form_of_a_model_echoes_its_id(string path, string id)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.AskAsync("GET", path);

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal($$"""{"id":"{{id}}","object":"model","created":CREATED,"owned_by":"library"{{Numbers}}}""", Stable(answer.Text));
    }

    [Fact]
    public async Task OpenAIs_list_has_every_model_with_its_context()
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.AskAsync("GET", "/v1/models");

        Assert.StartsWith("""{"object":"list","data":[{"id":""", answer.Text, StringComparison.Ordinal);
        Assert.Contains($$"""{"id":"tinyembed:latest","object":"model","created":CREATED,"owned_by":"library"{{Numbers}}}""", Stable(answer.Text), StringComparison.Ordinal);
        using var list = JsonDocument.Parse(answer.Text);
        Assert.Equal(["object", "data"], list.RootElement.EnumerateObject().Select(static member => member.Name));
        Assert.Equal(5, list.RootElement.GetProperty("data").GetArrayLength());
        using var tags = JsonDocument.Parse((await server.AskAsync("GET", "/api/tags")).Text);
        Assert.Equal(
            tags.RootElement.GetProperty("models").EnumerateArray().Select(static model => model.GetProperty("name").GetString()),
            list.RootElement.GetProperty("data").EnumerateArray().Select(static model => model.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task An_unknown_model_is_OpenAIs_error()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.NotFound, "application/json", """{"error":{"message":"model 'nope' not found","type":"not_found_error","param":null,"code":"model_not_found"}}"""),
            await server.AskAsync("GET", "/v1/models/nope"));
    }

    [Fact]
    public async Task The_context_is_the_planned_one_until_the_model_is_loaded()
    {
        await using var server = await TestServer.StartAsync(new FakeRunnerFactory { ContextLength = 777 }, settings: new EngineSettings { ContextLength = 1024 });
        Assert.Equal((1024, 2048, 1024, 1024), await ContextsAsync(server, "tiny"));

        await server.PostAsync("/api/generate", """{"model":"tiny"}""");
        Assert.Equal((777, 2048, 777, 777), await ContextsAsync(server, "tiny"));
        Assert.Equal((1024, 2048, 1024, 1024), await ContextsAsync(server, "tinytools"));
    }

    [Fact]
    public async Task A_context_stored_with_the_model_is_planned()
    {
        await using var server = await TestServer.StartAsync(stored: true);
        await server.PostAsync("/api/create", """{"model":"small","from":"tiny","parameters":{"num_ctx":512},"stream":false}""");

        Assert.Equal((512, 2048, 512, 512), await ContextsAsync(server, "small"));
    }

    [Fact]
    public async Task Codex_gets_the_members_that_it_requires()
    {
        await using var server = await TestServer.StartAsync(settings: new EngineSettings { ContextLength = 1024 });
        using var list = JsonDocument.Parse((await server.AskAsync("GET", "/v1/models?client_version=0.171.0")).Text);

        Assert.Equal(["object", "data", "models"], list.RootElement.EnumerateObject().Select(static member => member.Name));
        Assert.Equal(5, list.RootElement.GetProperty("data").GetArrayLength());
        var models = list.RootElement.GetProperty("models").EnumerateArray().ToDictionary(static model => model.GetProperty("slug").GetString()!);
        Assert.Equal(["tiny", "tiny:latest", "tinyfill", "tinyfill:latest", "tinysee", "tinysee:latest", "tinytools", "tinytools:latest"], models.Keys.Order());
        var instructions = models["tiny"].GetProperty("base_instructions");
        Assert.StartsWith("You are a coding agent", instructions.GetString(), StringComparison.Ordinal);
        Assert.Equal(
            $$"""{"slug":"tiny","display_name":"tiny","description":null,"default_reasoning_level":null,"supported_reasoning_levels":[],"supports_reasoning_summaries":false,"shell_type":"shell_command","visibility":"hide","supported_in_api":true,"priority":N,"availability_nux":null,"upgrade":null,"base_instructions":{{instructions.GetRawText()}},"support_verbosity":false,"default_verbosity":null,"apply_patch_tool_type":null,"truncation_policy":{"mode":"tokens","limit":256},"supports_parallel_tool_calls":false,"context_window":1024,"max_context_window":1024,"auto_compact_token_limit":null,"input_modalities":["text"],"experimental_supported_tools":[]}""",
            Regex.Replace(models["tiny"].GetRawText(), "\"priority\":[0-4],", "\"priority\":N,"));
        Assert.Equal(("tiny:latest", "list"), (models["tiny:latest"].GetProperty("display_name").GetString(), models["tiny:latest"].GetProperty("visibility").GetString()));
        Assert.Equal("""["text","image"]""", models["tinysee:latest"].GetProperty("input_modalities").GetRawText());
        Assert.Equal("freeform", models["tinytools:latest"].GetProperty("apply_patch_tool_type").GetString());
        Assert.Equal("medium", models["tinytools:latest"].GetProperty("default_reasoning_level").GetString());
        Assert.Equal(
            """[{"effort":"low","description":"Short reasoning"},{"effort":"medium","description":"Moderate reasoning"},{"effort":"high","description":"Thorough reasoning"}]""",
            models["tinytools:latest"].GetProperty("supported_reasoning_levels").GetRawText());
        Assert.True(models["tinytools:latest"].GetProperty("supports_reasoning_summaries").GetBoolean());
    }

    [Fact]
    public async Task Anthropics_clients_get_Anthropics_form_of_a_model()
    {
        await using var server = await TestServer.StartAsync();
        var (status, text, requestId) = await AskAnthropicAsync(server, "/v1/models/tiny");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            """{"type":"model","id":"tiny:latest","display_name":"tiny:latest","created_at":"T","max_input_tokens":2048,"max_tokens":2048,"capabilities":null,"lifecycle":"active","deprecated_at":null,"retires_at":null,"line":null}""",
            text);
        Assert.Matches("^req_[0-9a-f]{24}$", requestId);
    }

    [Fact]
    public async Task Anthropics_clients_get_pages()
    {
        await using var server = await TestServer.StartAsync();
        var (_, text, requestId) = await AskAnthropicAsync(server, "/v1/models?limit=2");
        using var first = JsonDocument.Parse(text);
        var ids = Ids(first);

        Assert.Matches("^req_[0-9a-f]{24}$", requestId);
        Assert.Equal(["data", "has_more", "first_id", "last_id"], first.RootElement.EnumerateObject().Select(static member => member.Name));
        Assert.Equal((2, true, ids[0], ids[1]), (ids.Count, first.RootElement.GetProperty("has_more").GetBoolean(), first.RootElement.GetProperty("first_id").GetString(), first.RootElement.GetProperty("last_id").GetString()));
        using var rest = JsonDocument.Parse((await AskAnthropicAsync(server, $"/v1/models?after_id={ids[1]}")).Text);
        Assert.Equal(3, Ids(rest).Except(ids).Count());
        Assert.False(rest.RootElement.GetProperty("has_more").GetBoolean());
    }

    [Theory]
    [InlineData("/v1/models/nope", HttpStatusCode.NotFound, "not_found_error", "model 'nope' not found")]
    [InlineData("/v1/models?limit=0", HttpStatusCode.BadRequest, "invalid_request_error", "limit: must be a number from 1 to 1000")]
    [InlineData("/v1/models?after_id=nope", HttpStatusCode.BadRequest, "invalid_request_error", "after_id: model 'nope' not found")]
    public async Task Anthropics_clients_get_Anthropics_errors(string path, HttpStatusCode expected, string type, string message)
    {
        await using var server = await TestServer.StartAsync();
        var (status, text, requestId) = await AskAnthropicAsync(server, path);

        Assert.Equal(expected, status);
        Assert.Equal($$$"""{"type":"error","error":{"type":"{{{type}}}","message":"{{{message}}}"},"request_id":"{{{requestId}}}"}""", text);
        Assert.Matches("^req_[0-9a-f]{24}$", requestId);
    }

    private static List<string?> Ids(JsonDocument page) => [.. page.RootElement.GetProperty("data").EnumerateArray().Select(static model => model.GetProperty("id").GetString())];

    private static async Task<(HttpStatusCode Status, string Text, string RequestId)> AskAnthropicAsync(TestServer server, string path)
    {
        using var request = server.Request("GET", path);
        request.Headers.Add("anthropic-version", "2023-06-01");
        using var response = await server.SendAsync(request);
        return (response.StatusCode, TestServer.Timeless(await response.Content.ReadAsStringAsync(Limit.Token)), Assert.Single(response.Headers.GetValues("request-id")));
    }

    private static async Task<(int Context, int Most, int Loaded, int Meta)> ContextsAsync(TestServer server, string model)
    {
        using var shown = JsonDocument.Parse((await server.AskAsync("GET", "/v1/models/" + model)).Text);
        return (Number("context_length"), Number("max_context_length"), Number("loaded_context_length"), shown.RootElement.GetProperty("meta").GetProperty("n_ctx").GetInt32());

        int Number(string name) => shown.RootElement.GetProperty(name).GetInt32();
    }

    // Times and sizes of files that each test writes itself.
    private static string Stable(string text) => Regex.Replace(Regex.Replace(text, "\"created\":[0-9]{10},", "\"created\":CREATED,"), "\"size\":[1-9][0-9]*", "\"size\":SIZE");
}

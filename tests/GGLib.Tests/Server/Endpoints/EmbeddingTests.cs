using System.Net;
using GGLib.Tests.Engine.Processes;

namespace GGLib.Tests.Server.Endpoints;

public sealed class EmbeddingTests
{
    private const string Vectors = """{"data":[{"index":1,"embedding":[0,2,0]},{"index":0,"embedding":[3,4,0]}],"usage":{"prompt_tokens":5,"total_tokens":5}}""";
    private const string Metrics = ""","total_duration":1,"load_duration":1,"prompt_eval_count":5}""";
    private const string NoEmbeddings = """{"error":{"code":501,"message":"This server does not support embeddings. Start it with `--embeddings`","type":"not_supported_error"}}""";

    [Theory]
    [InlineData("", "[[0.6,0.8,0],[0,1,0]]")]
    [InlineData(",\"dimensions\":1", "[[1],[0]]")]
    [InlineData(",\"dimensions\":2", "[[0.6,0.8],[0,1]]")]
    [InlineData(",\"dimensions\":-1", "[[0.6,0.8,0],[0,1,0]]")]
    [InlineData(",\"dimensions\":99", "[[0.6,0.8,0],[0,1,0]]")]
    public async Task Vectors_come_in_the_order_of_the_inputs_cut_and_scaled(string dimensions, string expected)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json(Vectors);

        Assert.Equal(
            $$"""{"model":"tinyembed","embeddings":{{expected}}{{Metrics}}""",
            (await server.PostAsync("/api/embed", $$"""{"model":"tinyembed","input":["a","b ü"]{{dimensions}}}""")).Text);
        var call = await server.Engine.NextAsync();
        Assert.Equal(("/v1/embeddings", """{"input":["a","b ü"]}"""), (call.Path, call.Body));
    }

    [Theory]
    [InlineData("\"a\"", """["a"]""")]
    [InlineData("""["a","b ü"]""", """["a","b ü"]""")]
    [InlineData("[1,2]", "[[1,2]]")]
    [InlineData("""[[1,2],"b"]""", """[[1,2],"b"]""")]
    public async Task OpenAI_clients_may_send_texts_and_tokens(string input, string passed)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json(Vectors);

        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.OK, "application/json", """{"object":"list","data":[{"object":"embedding","embedding":[0.6,0.8,0],"index":0},{"object":"embedding","embedding":[0,1,0],"index":1}],"model":"TinyEmbed","usage":{"prompt_tokens":5,"total_tokens":5}}"""),
            await server.PostAsync("/v1/embeddings", $$"""{"model":"TinyEmbed","input":{{input}},"user":"x"}"""));
        Assert.Equal($$"""{"input":{{passed}}}""", (await server.Engine.NextAsync()).Body);
    }

    [Theory]
    [InlineData("""  "encoding_format":"float","dimensions":2 """, "[0.6,0.8]", "[0,1]")]
    [InlineData("""  "encoding_format":"base64" """, "\"mpkZP83MTD8AAAAA\"", "\"AAAAAAAAgD8AAAAA\"")]
    [InlineData("""  "encoding_format":"base64","dimensions":1 """, "\"AACAPw==\"", "\"AAAAAA==\"")]
    public async Task OpenAI_clients_choose_length_and_form(string fields, string first, string second)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json(Vectors);
        var answer = await server.PostAsync("/v1/embeddings", $$"""{"model":"tinyembed","input":["a","b"],{{fields}}}""");

        Assert.Contains($$"""[{"object":"embedding","embedding":{{first}},"index":0},{"object":"embedding","embedding":{{second}},"index":1}]""", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model":"tinyembed"}""", 400, "invalid input")]
    [InlineData("""{"model":"tinyembed","input":[]}""", 400, "invalid input")]
    [InlineData("""{"model":"tinyembed","input":5}""", 400, "invalid input")]
    [InlineData("""{"model":"tinyembed","input":[1,"a"]}""", 400, "invalid input")]
    [InlineData("""{"model":"tinyembed","input":[1.5]}""", 400, "invalid input")]
    [InlineData("""{"model":"tinyembed","input":["a",null]}""", 400, "invalid input")]
    [InlineData("""{"model":"tinyembed","input":"a","encoding_format":"hex"}""", 400, "encoding_format must be 'float' or 'base64', not 'hex'")]
    [InlineData("""{"input":"a"}""", 400, "model is required", "\"model\"")]
    [InlineData("{", 400, "unexpected EOF")]
    public async Task What_OpenAI_clients_cannot_mean_is_refused(string body, int status, string message, string parameter = "null")
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(
            new TestServer.Answer((HttpStatusCode)status, "application/json; charset=utf-8", $$$"""{"error":{"message":"{{{message}}}","type":"invalid_request_error","param":{{{parameter}}},"code":null}}"""),
            await server.PostAsync("/v1/embeddings", body));
    }

    [Theory]
    [InlineData("""{"model":"nope","input":"x"}""", 404, """{"error":{"message":"model \"nope\" not found, try pulling it first","type":"not_found_error","param":null,"code":"model_not_found"}}""")]
    [InlineData("""{"model":"tinyembed","input":["a",""]}""", 400, """{"error":{"message":"input exceeds maximum context length and cannot be truncated further","type":"invalid_request_error","param":null,"code":null}}""")]
    public async Task What_fails_later_is_told_to_OpenAI_clients(string body, int status, string text)
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(new TestServer.Answer((HttpStatusCode)status, "application/json", text), await server.PostAsync("/v1/embeddings", body));
    }

    [Fact]
    public async Task The_older_route_gives_the_vector_as_it_is()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("""{"data":[{"index":0,"embedding":[0.12307331,2]}],"usage":{"prompt_tokens":1}}""");

        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.OK, "application/json; charset=utf-8", """{"embedding":[0.12307330965995789,2]}"""),
            await server.PostAsync("/api/embeddings", """{"model":"tinyembed","prompt":"x"}"""));
    }

    [Theory]
    [InlineData("/api/embed", """{"model":"tinyembed","input":""}""", """{"model":"tinyembed","embeddings":[]}""")]
    [InlineData("/api/embed", """{"model":"tinyembed","input":[]}""", """{"model":"tinyembed","embeddings":[]}""")]
    [InlineData("/api/embed", """{"model":"tinyembed","input":null}""", """{"model":"tinyembed","embeddings":[]}""")]
    [InlineData("/api/embed", """{"model":"tinyembed"}""", """{"model":"tinyembed","embeddings":[]}""")]
    [InlineData("/api/embeddings", """{"model":"tinyembed","prompt":""}""", """{"embedding":[]}""")]
    [InlineData("/api/embeddings", """{"model":"tinyembed","input":"x"}""", """{"embedding":[]}""")]
    public async Task Nothing_to_embed_loads_the_model(string path, string body, string expected)
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(new TestServer.Answer(HttpStatusCode.OK, "application/json; charset=utf-8", expected), await server.PostAsync(path, body));
        Assert.Single(server.Runners.Runners);
        Assert.False(server.Engine.HasMore);
    }

    [Fact]
    public async Task An_input_too_long_is_cut_to_the_context_less_one()
    {
        await using var server = await TestServer.StartAsync(new FakeRunnerFactory { ContextLength = 4 });
        server.Engine.Answer = call => call switch
        {
            { Path: "/tokenize", Body: """{"content":"long","add_special":false}""" } => ScriptedEngine.Json("""{"tokens":[1,2,3,4,5]}"""),
            { Path: "/tokenize" } => ScriptedEngine.Json("""{"tokens":[7,8,9]}"""),
            { Body: """{"input":[[1,2,3],"fits"]}""" } => ScriptedEngine.Json(Vectors),
            _ => ScriptedEngine.Json("""{"error":{"code":500,"message":"input (5 tokens) is too large to process. increase the physical batch size (current batch size: 4)","type":"server_error"}}""", HttpStatusCode.InternalServerError),
        };

        Assert.Equal($$"""{"model":"tinyembed","embeddings":[[0.6,0.8,0],[0,1,0]]{{Metrics}}""", (await server.PostAsync("/api/embed", """{"model":"tinyembed","input":["long","fits"]}""")).Text);
        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.BadRequest, "application/json; charset=utf-8", """{"error":"the input length exceeds the context length"}"""),
            await server.PostAsync("/api/embed", """{"model":"tinyembed","input":["long","fits"],"truncate":false}"""));
    }

    [Fact]
    public async Task A_smaller_context_of_the_request_cuts_the_input_and_limits_it()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = call => call switch
        {
            { Path: "/tokenize", Body: """{"content":"long","add_special":false}""" } => ScriptedEngine.Json("""{"tokens":[1,2,3,4,5]}"""),
            { Path: "/tokenize" } => ScriptedEngine.Json("""{"tokens":[7,8,9]}"""),
            _ => ScriptedEngine.Json(Vectors),
        };
        const string TooLong = """{"error":"the input length exceeds the context length"}""";
        const string Type = "application/json; charset=utf-8";

        Assert.Equal($$"""{"model":"tinyembed","embeddings":[[0.6,0.8,0],[0,1,0]]{{Metrics}}""", (await server.PostAsync("/api/embed", """{"model":"tinyembed","input":["long","fits"],"options":{"num_ctx":4}}""")).Text);
        await server.Engine.NextAsync();
        await server.Engine.NextAsync();
        Assert.Equal("""{"input":[[1,2,3],"fits"]}""", (await server.Engine.NextAsync()).Body);
        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.BadRequest, Type, TooLong),
            await server.PostAsync("/api/embed", """{"model":"tinyembed","input":["fits","long"],"truncate":false,"options":{"num_ctx":4}}"""));
        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.InternalServerError, Type, TooLong),
            await server.PostAsync("/api/embeddings", """{"model":"tinyembed","prompt":"long","options":{"num_ctx":4}}"""));
        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.BadRequest, Type, """{"error":"input after truncation exceeds maximum context length"}"""),
            await server.PostAsync("/api/embed", """{"model":"tinyembed","input":"long","options":{"num_ctx":1}}"""));
    }

    [Theory]
    [InlineData("/api/embed", """{"model":"tiny","input":["a",""]}""", 501)]
    [InlineData("/api/embed", """{"model":"tiny","input":"x"}""", 501)]
    [InlineData("/api/embeddings", """{"model":"tiny","prompt":"x"}""", 500)]
    public async Task A_model_that_cannot_embed_says_so(string path, string body, int status)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json(NoEmbeddings, HttpStatusCode.NotImplemented);

        Assert.Equal(
            new TestServer.Answer((HttpStatusCode)status, "application/json; charset=utf-8", """{"error":"This server does not support embeddings. Start it with `--embeddings`"}"""),
            await server.PostAsync(path, body));
    }

    [Theory]
    [InlineData("""{"data":[{"index":0,"embedding":[null]}],"usage":{"prompt_tokens":1}}""", 400, "embedding contains NaN or Inf values")]
    [InlineData("""{"data":[]""", 500, "the engine's answer holds no embeddings")]
    [InlineData("{}", 500, "the engine's answer holds no embeddings")]
    [InlineData("[]", 500, "the engine's answer holds no embeddings")]
    public async Task Odd_answers_of_the_engine_are_told(string json, int status, string message)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json(json);

        Assert.Equal(
            new TestServer.Answer((HttpStatusCode)status, "application/json; charset=utf-8", $$"""{"error":"{{message}}"}"""),
            await server.PostAsync("/api/embed", """{"model":"tinyembed","input":"x"}"""));
    }
}

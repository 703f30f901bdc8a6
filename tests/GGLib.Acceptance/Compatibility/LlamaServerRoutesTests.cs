using System.Net;
using System.Text.Json;

namespace GGLib.Acceptance.Compatibility;

/// <summary>llama-server's own endpoints, routed by the model's name.</summary>
public sealed class LlamaServerRoutesTests(CompatibilityServer server)
{
    private const string Chat = "\"messages\":[{\"role\":\"user\",\"content\":\"What is the capital of France?\"}]";

    [Fact]
    public async Task Text_becomes_tokens_and_tokens_become_text()
    {
        var tokens = (await server.AskAsync("/tokenize", """{"model":"demo-chat","content":"hello world"}""")).Json.GetProperty("tokens");
        Assert.InRange(tokens.GetArrayLength(), 1, 11);
        Assert.Equal("hello world", (await server.AskAsync("/detokenize", $$"""{"model":"demo-chat","tokens":{{tokens.GetRawText()}}}""")).Json.GetProperty("content").GetString());
    }

    [Fact]
    public async Task The_model_may_stand_in_the_query()
    {
        var named = await server.AskAsync("/tokenize", """{"model":"demo-chat","content":"a"}""");
        Assert.Equal(named.Text, (await server.AskAsync("/tokenize?model=demo-chat", """{"content":"a"}""")).Text);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/chat/completions?model=demo-chat", $$"""{{{Chat}},"max_tokens":1}""")).Status);
    }

    [Fact]
    public async Task A_rendered_prompt_is_the_one_that_a_chat_sends()
    {
        var model = await server.CreateAsync("rendered-prompt", """
            "system":"Be brief."
            """);
        var prompt = (await server.AskAsync("/apply-template", $$"""{"model":"{{model}}",{{Chat}}}""")).Json.GetProperty("prompt").GetString()!;
        Assert.Contains("Be brief.", prompt, StringComparison.Ordinal);
        var sent = (await server.AskAsync("/v1/chat/completions", $$"""{"model":"{{model}}",{{Chat}},"max_tokens":1}""")).Json.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
        var counted = await server.AskAsync("/v1/chat/completions/input_tokens", $$"""{"model":"{{model}}",{{Chat}}}""");
        Assert.Equal($$"""{"input_tokens":{{sent}},"object":"response.input_tokens"}""", counted.Text);
        var tokens = await server.AskAsync("/tokenize", $$"""{"model":"{{model}}","add_special":true,"parse_special":true,"content":{{JsonSerializer.Serialize(prompt)}}}""");
        Assert.Equal(sent, tokens.Json.GetProperty("tokens").GetArrayLength());
    }

    [Fact]
    public async Task A_gap_is_filled()
    {
        const string Body = """{"model":"demo-chat","input_prefix":"def add(a, b):\n","input_suffix":"\n","n_predict":4""";
        var whole = (await server.AskAsync("/infill", Body + "}")).Json;
        Assert.Equal(("demo-chat", 4), (whole.GetProperty("model").GetString(), whole.GetProperty("tokens_predicted").GetInt32()));
        var events = (await server.AskAsync("/infill", Body + ""","stream":true}""")).Events;
        Assert.True(events[^1].GetProperty("stop").GetBoolean());
    }

    [Fact]
    public async Task Properties_and_slots_are_those_of_the_models_engine()
    {
        Assert.True((await server.GetAsync("/props?model=demo-chat")).Json.GetProperty("default_generation_settings").GetProperty("n_ctx").GetInt32() > 0);
        Assert.NotEmpty((await server.GetAsync("/slots?model=demo-chat")).Json.EnumerateArray());
    }

    [Fact]
    public async Task Documents_are_ranked()
    {
        // The demo embedding model with another pooling: its scores mean nothing, but they are scores.
        var model = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "models", "demo-embed.gguf"), TestContext.Current.CancellationToken);
        var key = "bert.pooling_type"u8;
        model[model.AsSpan().IndexOf(key) + key.Length + sizeof(uint)] = 4;
        var path = Path.Combine(server.Folder.FullName, "rank.gguf");
        await File.WriteAllBytesAsync(path, model, TestContext.Current.CancellationToken);
        server.Add(path, "demo-rank");

        foreach (var route in (string[])["/v1/rerank", "/rerank", "/v1/reranking", "/reranking"])
        {
            var ranking = (await server.AskAsync(route, """{"model":"demo-rank","query":"a","documents":["b","hello world"]}""")).Json;
            Assert.Equal("demo-rank", ranking.GetProperty("model").GetString());
            Assert.Equal([0, 1], ranking.GetProperty("results").EnumerateArray().Select(static result => result.GetProperty("index").GetInt32()).Order());
        }
    }

    [Theory]
    [InlineData("/v1/rerank", """{"model":"demo-embed","query":"a","documents":["b"]}""", "\\\"demo-embed\\\" does not support reranking")]
    [InlineData("/rerank", """{"model":"demo-chat","query":"a","documents":["b"]}""", "\\\"demo-chat\\\" does not support reranking")]
    [InlineData("/infill", """{"model":"demo-embed","input_prefix":"a"}""", "\\\"demo-embed\\\" does not support insert")]
    [InlineData("/infill", """{"model":"demo-chat","input_prefix":"a","input_suffix":"b","lora":[{"id":0,"scale":1}]}""", "lora is not supported")]
    [InlineData("/tokenize", """{"content":"a"}""", "model is required")]
    [InlineData("/tokenize", """{"model":5,"content":"a"}""", "model must be a string")]
    [InlineData("/tokenize", "[]", "must be a JSON object")]
    [InlineData("/tokenize", "{", "unexpected EOF")]
    [InlineData("/detokenize", """{"model":"demo-chat","tokens":"a"}""", "must be array, but is string")]
    [InlineData("/apply-template", """{"model":"demo-chat"}""", "messages")]
    [InlineData("/v1/audio/transcriptions", "{}", "must be a form")]
    public async Task Invalid_requests_are_errors_of_the_client(string path, string body, string message)
    {
        var reply = await server.PostAsync(path, body);
        Assert.True(reply.Status is HttpStatusCode.BadRequest, $"{(int)reply.Status} {reply.Text}");
        Assert.Contains(message, reply.Text, StringComparison.Ordinal);
        Assert.StartsWith("""{"error":{"message":""", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_does_not_hear_cannot_transcribe()
    {
        using var form = new MultipartFormDataContent { { new StringContent("demo-chat"), "model" }, { new ByteArrayContent("RIFF"u8.ToArray()), "file", "a.wav" } };
        using var response = await server.Http.PostAsync(new Uri("/v1/audio/transcriptions", UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("does not support audio", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_models_are_not_found()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await server.PostAsync("/tokenize", """{"model":"nope","content":"a"}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("/props?model=nope")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.GetAsync("/slots")).Status);
    }

    /// <summary>They would change the engine for everybody, or write files.</summary>
    [Theory]
    [InlineData("/props?model=demo-chat")]
    [InlineData("/slots/0?action=save&model=demo-chat")]
    [InlineData("/lora-adapters?model=demo-chat")]
    public async Task Endpoints_that_change_the_engine_are_not_served(string path) =>
        Assert.Contains((await server.PostAsync(path, "{}")).Status, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed]);
}

using System.Net;
using System.Text.RegularExpressions;
using FakeLlama.Script;

namespace GGLib.Tests.FakeLlamaServer;

/// <summary>The fake's answers against texts recorded from llama-server 0.7.0; ids and times are masked.</summary>
public sealed partial class FakeWireTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chat_stream_has_the_events_and_key_order_of_the_real_one()
    {
        using var model = new FakeModel(new FakeScript { Reasoning = "The", Text = "Hi", PromptTokens = 16, CachedTokens = 15 });
        await using var server = await FakeServerProcess.StartReady(model);

        using var answer = await server.Post("/v1/chat/completions", """{"model":"X","stream":true,"messages":[]}""", Cancellation);

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.ToString());
        const string rest = ""","created":0,"id":"chatcmpl-0","model":"X","system_fingerprint":"b1-fake","object":"chat.completion.chunk" """;
        Assert.Equal(
            $$$"""
            data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}]{{{rest.Trim()}}}}

            data: {"choices":[{"finish_reason":null,"index":0,"delta":{"reasoning_content":"The"}}]{{{rest.Trim()}}}}

            data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":"Hi"}}]{{{rest.Trim()}}}}

            data: {"choices":[{"finish_reason":"stop","index":0,"delta":{}}]{{{rest.Trim()}}},"timings":{"cache_n":15,"prompt_n":1,"prompt_ms":1.0,"prompt_per_token_ms":1.0,"prompt_per_second":1000.0,"predicted_n":2,"predicted_ms":2.0,"predicted_per_token_ms":2.0,"predicted_per_second":500.0}}

            data: [DONE]


            """,
            await Masked(answer));
    }

    [Fact]
    public async Task Usage_moves_the_timings_into_an_event_without_choices()
    {
        using var model = new FakeModel(new FakeScript { Text = "Hi" });
        await using var server = await FakeServerProcess.StartReady(model);

        using var answer = await server.Post("/v1/chat/completions", """{"stream":true,"stream_options":{"include_usage":true},"messages":[]}""", Cancellation);

        var events = (await Masked(answer)).Split("\n\n");
        Assert.EndsWith("""
            "delta":{}}],"created":0,"id":"chatcmpl-0","model":"fake","system_fingerprint":"b1-fake","object":"chat.completion.chunk"}
            """, events[2]);
        Assert.StartsWith("""data: {"choices":[],"created":0,""", events[3]);
        Assert.Contains("""
            "usage":{"completion_tokens":1,"prompt_tokens":3,"total_tokens":4,"prompt_tokens_details":{"cached_tokens":0}},"timings":{"cache_n":0,
            """, events[3]);
    }

    [Fact]
    public async Task Whole_chat_merges_reasoning_and_tool_calls()
    {
        using var model = new FakeModel(new FakeScript
        {
            Chunks =
            [
                new FakeChunk { Reasoning = "Hm" },
                new FakeChunk { ToolCalls = Json("""[{"index":0,"id":"a","type":"function","function":{"name":"get_weather","arguments":"{"}}]""") },
                new FakeChunk { ToolCalls = Json("""[{"index":0,"function":{"arguments":"\"city\": \"Paris\"}"}}]""") },
            ],
            Timings = false,
        });
        await using var server = await FakeServerProcess.StartReady(model);

        using var answer = await server.Post("/v1/chat/completions", """{"model":"X","messages":[]}""", Cancellation);

        Assert.Equal(
            """{"choices":[{"finish_reason":"tool_calls","index":0,"message":{"role":"assistant","content":"","reasoning_content":"Hm","tool_calls":[{"type":"function","function":{"name":"get_weather","arguments":"{\"city\": \"Paris\"}"},"id":"a"}]}}],"created":0,"model":"X","system_fingerprint":"b1-fake","object":"chat.completion","usage":{"completion_tokens":3,"prompt_tokens":3,"total_tokens":6,"prompt_tokens_details":{"cached_tokens":0}},"id":"chatcmpl-0"}""",
            await Masked(answer));
    }

    [Fact]
    public async Task Completion_counts_its_tokens_and_has_no_done()
    {
        using var model = new FakeModel(new FakeScript { Text = "oo oo oo" });
        await using var server = await FakeServerProcess.StartReady(model);

        using var answer = await server.Post("/completion", """{"prompt":"hello","n_predict":2,"stream":true}""", Cancellation);

        var events = (await Masked(answer)).Split("\n\n");
        Assert.Equal("""data: {"index":0,"content":"oo","tokens":[256],"stop":false,"id_slot":-1,"tokens_predicted":1,"tokens_evaluated":1}""", events[0]);
        Assert.Equal("""data: {"index":0,"content":" oo","tokens":[257],"stop":false,"id_slot":-1,"tokens_predicted":2,"tokens_evaluated":1}""", events[1]);
        Assert.StartsWith("""data: {"index":0,"content":"","tokens":[],"id_slot":0,"stop":true,"model":"fake","tokens_predicted":2,"tokens_evaluated":1,"generation_settings":{"seed":4294967295,""", events[2]);
        Assert.Contains("""
            "prompt":"hello","has_new_line":false,"truncated":false,"stop_type":"limit","stopping_word":"","tokens_cached":2,"timings":{
            """, events[2]);
        Assert.Equal(["", ""], [events[3], .. events[4..].DefaultIfEmpty("")]);
    }

    [Fact]
    public async Task Text_completion_puts_usage_beside_the_finish_reason()
    {
        using var model = new FakeModel(new FakeScript { Text = "o", Timings = false });
        await using var server = await FakeServerProcess.StartReady(model);

        using var answer = await server.Post("/v1/completions", """{"model":"X","prompt":"hello","stream":true}""", Cancellation);

        Assert.Equal(
            """
            data: {"choices":[{"text":"o","index":0,"logprobs":null,"finish_reason":null}],"created":0,"model":"X","system_fingerprint":"b1-fake","object":"text_completion","id":"chatcmpl-0"}

            data: {"choices":[{"text":"","index":0,"logprobs":null,"finish_reason":"stop"}],"created":0,"model":"X","system_fingerprint":"b1-fake","object":"text_completion","usage":{"completion_tokens":1,"prompt_tokens":1,"total_tokens":2,"prompt_tokens_details":{"cached_tokens":0}},"id":"chatcmpl-0"}

            data: [DONE]


            """,
            await Masked(answer));
    }

    [Fact]
    public async Task Log_probabilities_come_with_each_token_when_asked()
    {
        using var model = new FakeModel(new FakeScript { Text = "é" });
        await using var server = await FakeServerProcess.StartReady(model);

        using var answer = await server.Post("/v1/chat/completions", """{"stream":true,"logprobs":true,"top_logprobs":1,"messages":[]}""", Cancellation);

        Assert.Contains(
            """{"finish_reason":null,"index":0,"delta":{"content":"é"},"logprobs":{"content":[{"id":256,"token":"é","bytes":[195,169],"logprob":-0.5,"top_logprobs":[{"id":256,"token":"é","bytes":[195,169],"logprob":-0.5}]}]}}""",
            await Masked(answer));
    }

    [Theory]
    [InlineData("/nope", "{}", 404, """{"error":{"message":"File Not Found","type":"not_found_error","code":404}}""")]
    [InlineData("/v1/chat/completions", "{}", 400, """{"error":{"code":400,"message":"'messages' is required","type":"invalid_request_error"}}""")]
    [InlineData("/completion", "{}", 400, """{"error":{"code":400,"message":"[json.exception.out_of_range.403] key 'prompt' not found","type":"invalid_request_error"}}""")]
    [InlineData("/v1/embeddings", """{"input":"a"}""", 501, """{"error":{"code":501,"message":"This server does not support embeddings. Start it with `--embeddings`","type":"not_supported_error"}}""")]
    [InlineData("/v1/chat/completions", """{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}""", 500, """{"error":{"code":500,"message":"image input is not supported - hint: if this is unexpected, you may need to provide the mmproj","type":"server_error"}}""")]
    [InlineData("/v1/chat/completions", """{"messages":[{"role":"user","content":"a b c d e"}]}""", 400, """{"error":{"code":400,"message":"request (13 tokens) exceeds the available context size (8 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":13,"n_ctx":8}}""")]
    public async Task Errors_are_spelled_like_the_real_ones(string path, string body, int status, string expected)
    {
        using var model = new FakeModel();
        await using var server = await FakeServerProcess.StartReady(model, "-c", "8");

        using var answer = await server.Post(path, body, Cancellation);

        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task The_key_guards_everything_but_health()
    {
        using var model = new FakeModel();
        await using var server = await FakeServerProcess.StartReady(model, "--api-key", "k");

        using var refused = await server.Http.GetAsync("/v1/models", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", "k");
        using var allowed = await server.Http.GetAsync("/v1/models", Cancellation);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    [Fact]
    public async Task Tokens_go_there_and_back()
    {
        using var model = new FakeModel();
        await using var server = await FakeServerProcess.StartReady(model);

        using var tokens = await server.Post("/tokenize", """{"content":"hello  world\n"}""", Cancellation);
        var numbers = await tokens.Content.ReadAsStringAsync(Cancellation);
        using var text = await server.Post("/detokenize", numbers, Cancellation);
        using var prompt = await server.Post("/apply-template", """{"messages":[{"role":"user","content":"hi"}]}""", Cancellation);

        Assert.Equal("""{"tokens":[256,257,258,259]}""", numbers);
        Assert.Equal("""{"content":"hello  world\n"}""", await text.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("""{"prompt":"<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"}""", await prompt.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Embeddings_are_unit_vectors_and_too_long_an_input_is_a_500()
    {
        using var model = new FakeModel(new FakeScript { EmbeddingLength = 3 });
        await using var server = await FakeServerProcess.StartReady(model, "--embedding", "-ub", "4");

        using var answer = await server.Post("/v1/embeddings", """{"model":"E","input":["a","a"]}""", Cancellation);
        using var tooLong = await server.Post("/v1/embeddings", """{"input":"a b c"}""", Cancellation);

        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        var vector = Regex.Match(text, @"\[(-?\d[^\]]+)\]").Groups[1].Value.Split(',').Select(double.Parse).ToArray();
        Assert.StartsWith("""{"model":"E","object":"list","usage":{"prompt_tokens":6,"total_tokens":6},"data":[{"embedding":[""", text);
        Assert.EndsWith("""],"index":1,"object":"embedding"}]}""", text);
        Assert.Equal(3, vector.Length);
        Assert.Equal(1, vector.Sum(value => value * value), 5);
        Assert.Equal(HttpStatusCode.InternalServerError, tooLong.StatusCode);
        Assert.Contains("input (5 tokens) is too large to process. increase the physical batch size (current batch size: 4)", await tooLong.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Props_tell_what_the_command_line_said()
    {
        using var model = new FakeModel();
        await using var server = await FakeServerProcess.StartReady(model, "-c", "2048", "-np", "2");

        var props = Json(await server.Http.GetStringAsync("/props", Cancellation));
        var slots = await server.Http.GetStringAsync("/slots", Cancellation);

        Assert.Equal(2048, props.GetProperty("default_generation_settings").GetProperty("n_ctx").GetInt32());
        Assert.Equal(2, props.GetProperty("total_slots").GetInt32());
        Assert.Equal(model.Path, props.GetProperty("model_path").GetString());
        Assert.Equal("""[{"id":0,"n_ctx":2048,"speculative":false,"is_processing":false},{"id":1,"n_ctx":2048,"speculative":false,"is_processing":false}]""", slots);
    }

    [Fact]
    public async Task Props_of_a_server_without_a_limit_tell_many_slots()
    {
        using var model = new FakeModel(new FakeScript { Slots = 0 });
        await using var server = await FakeServerProcess.StartReady(model);

        var props = Json(await server.Http.GetStringAsync("/props", Cancellation));
        using var free = await server.Http.GetAsync("/slots?fail_on_no_slot=1", Cancellation);

        Assert.Equal(65536, props.GetProperty("total_slots").GetInt32());
        Assert.Equal(HttpStatusCode.OK, free.StatusCode);
        Assert.Single(Json(await free.Content.ReadAsStringAsync(Cancellation)).EnumerateArray());
    }

    private static System.Text.Json.JsonElement Json(string text) => System.Text.Json.JsonElement.Parse(text);

    private static async Task<string> Masked(HttpResponseMessage answer) => Variable().Replace(
        await answer.Content.ReadAsStringAsync(Cancellation),
        match => match.Groups["name"].Value + "0");

    [GeneratedRegex(@"(?<name>""created"":|chatcmpl-)\w+")]
    private static partial Regex Variable();
}

using System.Net.Http.Json;
using System.Text.Json;

namespace GGLib.Acceptance.Clients;

/// <summary>What the native API offers beyond plain text, over the real llama-server.</summary>
public sealed class NativeChatTests(DemoServer server)
{
    private const string WeatherTool = """
        {"type":"function","function":{"name":"get_weather","description":"Get the weather of a city","parameters":
        {"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "")]
    [InlineData(true, "\"logprobs\":true,")]
    public async Task A_tool_is_called_whole_in_the_last_line(bool stream, string more)
    {
        var lines = await ChatAsync($$"""
            {"model":"demo-chat","stream":{{(stream ? "true" : "false")}},"think":false,{{more}}"options":{"temperature":0,"num_predict":80},"tools":[{{WeatherTool}}],
            "messages":[{"role":"user","content":"What is the weather in Paris?"}]}
            """);
        var call = Assert.Single(lines[^1].GetProperty("message").GetProperty("tool_calls").EnumerateArray());
        Assert.NotEmpty(call.GetProperty("id").GetString()!);
        Assert.Equal("get_weather", call.GetProperty("function").GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.String, call.GetProperty("function").GetProperty("arguments").GetProperty("city").ValueKind);
        Assert.Equal("stop", lines[^1].GetProperty("done_reason").GetString());
        Assert.DoesNotContain("<tool_call>", string.Concat(lines.Select(Content)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_shapes_the_answer_and_thinking_stays_free()
    {
        foreach (var think in new[] { "false", "true" })
        {
            var line = Assert.Single(await ChatAsync($$$"""
                {"model":"demo-chat","stream":false,"think":{{{think}}},"options":{"temperature":0,"num_predict":120},
                "format":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]},
                "messages":[{"role":"user","content":"What is the capital of France?"}]}
                """));
            Assert.Equal(JsonValueKind.String, JsonSerializer.Deserialize<JsonElement>(Content(line)).GetProperty("city").ValueKind);
            Assert.Equal(think == "true", line.GetProperty("message").TryGetProperty("thinking", out _));
        }
    }

    [Fact]
    public async Task Each_token_has_its_log_probability_and_the_alternatives_asked_for()
    {
        var lines = await ChatAsync("""
            {"model":"demo-chat","think":false,"logprobs":true,"top_logprobs":2,"options":{"temperature":0,"num_predict":6},
            "messages":[{"role":"user","content":"What is the capital of France?"}]}
            """);
        var tokens = lines.Where(line => line.TryGetProperty("logprobs", out _)).SelectMany(line => line.GetProperty("logprobs").EnumerateArray()).ToList();
        Assert.Equal(string.Concat(lines.Select(Content)), string.Concat(tokens.Select(token => token.GetProperty("token").GetString())));
        Assert.All(tokens, token => Assert.True(token.GetProperty("logprob").GetDouble() <= 0));
        Assert.All(tokens, token => Assert.Equal(2, token.GetProperty("top_logprobs").GetArrayLength()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tools_and_log_probabilities_go_together(bool stream)
    {
        var lines = await ChatAsync($$"""
            {"model":"demo-chat","stream":{{(stream ? "true" : "false")}},"logprobs":true,"options":{"temperature":0,"num_predict":80},"tools":[{{WeatherTool}}],
            "messages":[{"role":"user","content":"What is the weather in Paris?"}]}
            """);
        Assert.Single(lines[^1].GetProperty("message").GetProperty("tool_calls").EnumerateArray());
        var tokens = lines.Where(line => line.TryGetProperty("logprobs", out _)).SelectMany(line => line.GetProperty("logprobs").EnumerateArray());
        Assert.Contains("get_weather", string.Concat(tokens.Select(token => token.GetProperty("token").GetString())), StringComparison.Ordinal);
        Assert.Contains(lines, line => line.GetProperty("message").TryGetProperty("thinking", out _));
    }

    [Theory]
    [InlineData("\"tool_name\":\"get_weather\",")]
    [InlineData("\"tool_call_id\":\"call_7\",")]
    [InlineData("")]
    public async Task The_result_of_a_tool_is_answered(string which)
    {
        var line = Assert.Single(await ChatAsync($$"""
            {"model":"demo-chat","stream":false,"think":false,"options":{"temperature":0,"num_predict":60},"tools":[{{WeatherTool}}],"messages":[
            {"role":"user","content":"What is the weather in Paris?"},
            {"role":"assistant","thinking":"I will call get_weather.","content":"","tool_calls":[{"id":"call_7","function":{"name":"get_weather","arguments":{"city":"Paris"} } }]},
            {"role":"tool",{{which}}"content":"sunny, 20 degrees"}]}
            """));
        Assert.Contains("weather", Content(line), StringComparison.Ordinal);
        Assert.False(line.GetProperty("message").TryGetProperty("tool_calls", out _));
    }

    [Fact]
    public async Task A_tool_that_is_not_needed_is_not_called()
    {
        var line = Assert.Single(await ChatAsync($$"""
            {"model":"demo-chat","stream":false,"think":false,"options":{"temperature":0,"num_predict":60},"tools":[{{WeatherTool}}],
            "messages":[{"role":"user","content":"What is the capital of France?"}]}
            """));
        Assert.Contains("Paris", Content(line), StringComparison.Ordinal);
        Assert.False(line.GetProperty("message").TryGetProperty("tool_calls", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"think\":true,")]
    [InlineData("\"think\":false,")]
    public async Task A_model_that_refuses_schemas_on_its_chat_endpoint_keeps_to_one(string think)
    {
        foreach (var stream in new[] { "true", "false" })
        {
            var lines = await ChatAsync($$$"""
                {"model":"refuses-schema","stream":{{{stream}}},{{{think}}}"logprobs":true,"options":{"temperature":0,"num_predict":60},
                "format":{"type":"object","properties":{"a":{"type":"boolean"}},"required":["a"]},"messages":[{"role":"user","content":"hello world"}]}
                """);
            var text = string.Concat(lines.Select(Content));
            Assert.True(JsonSerializer.Deserialize<JsonElement>(text).GetProperty("a").ValueKind is JsonValueKind.True or JsonValueKind.False, text);
            Assert.Equal("stop", lines[^1].GetProperty("done_reason").GetString());
            Assert.InRange(lines[^1].GetProperty("prompt_eval_count").GetInt32(), 15, 100);
            var tokens = lines.Where(line => line.TryGetProperty("logprobs", out _)).SelectMany(line => line.GetProperty("logprobs").EnumerateArray());
            Assert.Equal(text, string.Concat(tokens.Select(token => token.GetProperty("token").GetString())));
        }
    }

    [Fact]
    public async Task Any_object_is_json()
    {
        var line = Assert.Single(await PostAsync("/api/generate", """
            {"model":"refuses-schema","prompt":"hello","stream":false,"format":"json","options":{"temperature":0,"num_predict":20}}
            """));
        Assert.StartsWith("{", line.GetProperty("response").GetString()!.TrimStart(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_ends_at_a_stop_text_without_it()
    {
        var line = Assert.Single(await ChatAsync(Capital("\"stop\":[\" is\"]")));
        Assert.Equal(("The capital of France", "stop"), (Content(line), line.GetProperty("done_reason").GetString()));
    }

    [Fact]
    public async Task An_answer_ends_at_its_limit_of_tokens()
    {
        var line = Assert.Single(await ChatAsync(Capital("\"num_predict\":3")));
        Assert.Equal((3, "length"), (line.GetProperty("eval_count").GetInt32(), line.GetProperty("done_reason").GetString()));
    }

    [Fact]
    public async Task The_same_seed_writes_the_same_text()
    {
        var texts = new List<string>();
        foreach (var seed in new[] { 1, 1, 1, 2 })
        {
            texts.Add(Content(Assert.Single(await ChatAsync($$$"""
                {"model":"demo-chat","stream":false,"think":false,"options":{"temperature":1.5,"num_predict":30,"seed":{{{seed}}}},"messages":[{"role":"user","content":"Tell me a story."}]}
                """))));
        }

        // Two of three: what else is computed at the moment may round a number otherwise, and with it draw another token.
        Assert.NotEqual(3, texts.Take(3).Distinct().Count());
        Assert.DoesNotContain(texts[3], texts.Take(3));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task The_beginning_of_an_answer_is_continued(string stream)
    {
        var lines = await ChatAsync($$$"""
            {"model":"demo-chat","stream":{{{stream}}},"options":{"temperature":0,"num_predict":20},
            "messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"What is the capital of France?"},{"role":"assistant","content":"The capital of"}]}
            """);
        Assert.Equal(" France is Paris.", string.Concat(lines.Select(Content)));
    }

    [Fact]
    public async Task A_raw_prompt_is_not_put_into_the_template()
    {
        var line = Assert.Single(await PostAsync("/api/generate", """
            {"model":"demo-chat","raw":true,"stream":false,"options":{"temperature":0,"num_predict":20},
            "prompt":"<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"}
            """));
        Assert.Equal("The capital of France is Paris.", line.GetProperty("response").GetString());
    }

    [Fact]
    public async Task A_gap_is_filled()
    {
        var line = Assert.Single(await PostAsync("/api/generate", """{"model":"demo-chat","stream":false,"prompt":"def f(","suffix":"return x","options":{"temperature":0,"num_predict":8}}"""));
        Assert.NotEmpty(line.GetProperty("response").GetString()!);
        Assert.InRange(line.GetProperty("eval_count").GetInt32(), 1, 8);
    }

    [Theory]
    [InlineData("/api/chat", """{"model":"demo-chat","messages":[{"role":"user","content":"x","images":["iVBORw0KGgo="]}]}""", "Multimodal data provided, but model does not support multimodal requests.")]
    [InlineData("/api/generate", """{"model":"demo-chat","prompt":"x","images":["iVBORw0KGgo="]}""", "Multimodal data provided, but model does not support multimodal requests.")]
    [InlineData("/api/chat", """{"model":"demo-chat","think":false,"format":{"type":"nonsense"},"messages":[{"role":"user","content":"x"}]}""", "unrecognized type nonsense")]
    [InlineData("/api/chat", """{"model":"refuses-schema","format":{"type":"nonsense"},"messages":[{"role":"user","content":"x"}]}""", "unrecognized type nonsense")]
    [InlineData("/api/chat", """{"model":"demo-chat","tools":[{"type":"nonsense"}],"messages":[{"role":"user","content":"x"}]}""", "nonsense")]
    [InlineData("/api/chat", """{"model":"demo-embed","messages":[{"role":"user","content":"x"}]}""", "does not support chat")]
    public async Task What_cannot_be_done_is_the_clients_fault(string path, string body, string reason)
    {
        using var content = new StringContent(body);
        using var response = await server.Http.PostAsync(path, content, Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(reason, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(Cancellation)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_over_the_context_is_cut_or_refused_with_the_numbers()
    {
        var messages = new[] { new { role = "user", content = string.Concat(Enumerable.Repeat("the ", 6000)) } };
        using var response = await server.Http.PostAsJsonAsync("/api/chat", new { model = "demo-chat", messages, truncate = false }, Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("exceeds the available context size (4096 tokens)", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);

        // num_keep, which is 4, and half of the rest.
        using var cut = await server.Http.PostAsJsonAsync("/api/chat", new { model = "demo-chat", messages, stream = false, options = new { num_predict = 1 } }, Cancellation);
        Assert.Equal(2050, (await cut.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("prompt_eval_count").GetInt32());
    }

    [Fact]
    public async Task An_old_conversation_is_gone_on_with_by_its_context()
    {
        var first = Assert.Single(await PostAsync("/api/generate", """{"model":"demo-chat","stream":false,"think":false,"prompt":"My name is Ada.","options":{"temperature":0,"num_predict":8}}"""));
        var context = first.GetProperty("context").GetRawText();
        Assert.Equal(first.GetProperty("prompt_eval_count").GetInt32() + first.GetProperty("eval_count").GetInt32(), first.GetProperty("context").GetArrayLength(), 2.0);

        var second = Assert.Single(await PostAsync("/api/generate", $$$"""{"model":"demo-chat","stream":false,"think":false,"prompt":"What is the capital of France?","context":{{{context}}},"options":{"temperature":0,"num_predict":8}}"""));
        Assert.True(second.GetProperty("prompt_eval_count").GetInt32() > first.GetProperty("context").GetArrayLength());
    }

    private static string Content(JsonElement line) => line.GetProperty("message").GetProperty("content").GetString()!;

    private static string Capital(string option) => $$$"""
        {"model":"demo-chat","stream":false,"think":false,"options":{"temperature":0,{{{option}}}},"messages":[{"role":"user","content":"What is the capital of France?"}]}
        """;

    private Task<List<JsonElement>> ChatAsync(string body) => PostAsync("/api/chat", body);

    private async Task<List<JsonElement>> PostAsync(string path, string body)
    {
        using var content = new StringContent(body);
        using var response = await server.Http.PostAsync(path, content, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
    }
}

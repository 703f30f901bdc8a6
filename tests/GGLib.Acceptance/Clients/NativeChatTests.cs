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

    [Fact]
    public async Task A_prompt_over_the_context_is_refused_with_the_numbers()
    {
        using var response = await server.Http.PostAsJsonAsync(
            "/api/chat", new { model = "demo-chat", messages = new[] { new { role = "user", content = string.Concat(Enumerable.Repeat("the ", 6000)) } } }, Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("exceeds the available context size (4096 tokens)", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    private static string Content(JsonElement line) => line.GetProperty("message").GetProperty("content").GetString()!;

    private async Task<List<JsonElement>> ChatAsync(string body)
    {
        using var content = new StringContent(body);
        using var response = await server.Http.PostAsync("/api/chat", content, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
    }
}

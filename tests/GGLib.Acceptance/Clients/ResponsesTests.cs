using System.Net.Http.Json;
using System.Text.Json;

namespace GGLib.Acceptance.Clients;

/// <summary>OpenAI's Responses API and Ollama's ways on <c>/v1</c> on a real llama-server.</summary>
public sealed class ResponsesTests(DemoServer server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Responds_in_one_piece()
    {
        var answer = await AskAsync("/v1/responses", """{"model":"demo-chat","temperature":0,"reasoning":{"effort":"none"},"input":"What is the capital of France?"}""");
        var message = Assert.Single(answer.GetProperty("output").EnumerateArray());
        Assert.Equal("demo-chat", answer.GetProperty("model").GetString());
        Assert.Contains("Paris", message.GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Responds_with_a_tool_call_as_a_stream()
    {
        const string Body = """{"model":"demo-chat","temperature":0,"stream":true,"input":"What is the weather in Paris?","tools":[{"type":"function","name":"get_weather","description":"Get the weather of a city","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}]}""";
        using var response = await server.Http.PostAsync("/v1/responses", new StringContent(Body), Cancellation);
        var events = (await response.Content.ReadAsStringAsync(Cancellation)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.StartsWith("event: response.created\n", events[0], StringComparison.Ordinal);
        Assert.StartsWith("event: response.completed\n", events[^1], StringComparison.Ordinal);
        var whole = JsonElement.Parse(events[^1][(events[^1].IndexOf("data: ", StringComparison.Ordinal) + 6)..]).GetProperty("response");
        Assert.Equal("demo-chat", whole.GetProperty("model").GetString());
        var call = whole.GetProperty("output").EnumerateArray().Single(item => item.GetProperty("type").GetString() is "function_call");
        Assert.Equal("get_weather", call.GetProperty("name").GetString());
        Assert.Contains("Paris", call.GetProperty("arguments").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thinking_has_both_names()
    {
        var answer = await AskAsync("/v1/chat/completions", """{"model":"demo-chat","temperature":0,"messages":[{"role":"user","content":"What is the capital of France?"}]}""");
        var message = answer.GetProperty("choices")[0].GetProperty("message");
        Assert.NotEmpty(message.GetProperty("reasoning").GetString()!);
        Assert.Equal(message.GetProperty("reasoning_content").GetString(), message.GetProperty("reasoning").GetString());
    }

    private async Task<JsonElement> AskAsync(string path, string body)
    {
        using var response = await server.Http.PostAsync(path, new StringContent(body), Cancellation);
        return await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }
}

namespace GGLib.Acceptance.Compatibility;

/// <summary>Thinking follows the client's wish on every API, and is never part of the text.</summary>
public sealed class ThinkingTests(CompatibilityServer server)
{
    [Theory]
    [MemberData(nameof(Apis.AllStreamedOrNot), MemberType = typeof(Apis))]
    public async Task Thinking_is_switched_on_and_off(Api api, bool stream)
    {
        var question = new ApiRequest("demo-chat", Turn.User("What is the capital of France?")) { Stream = stream, Limit = 160 };
        foreach (var thinks in new[] { true, false })
        {
            var answer = await server.AskAsync(api, question with { Thinks = thinks });
            Assert.Equal(thinks, answer.Thinking.Length > 0);
            Assert.Contains("Paris", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("think>", answer.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/api/chat", Api.OllamaChat, "\"think\":\"low\"", true)]
    [InlineData("/api/chat", Api.OllamaChat, "\"think\":\"high\"", true)]
    [InlineData("/v1/chat/completions", Api.ChatCompletions, "\"reasoning_effort\":\"minimal\"", true)]
    [InlineData("/v1/chat/completions", Api.ChatCompletions, "\"reasoning_effort\":\"high\"", true)]
    [InlineData("/v1/chat/completions", Api.ChatCompletions, "\"reasoning\":{\"effort\":\"none\"}", false)]
    [InlineData("/v1/chat/completions", Api.ChatCompletions, "\"chat_template_kwargs\":{\"enable_thinking\":false}", false)]
    [InlineData("/v1/messages", Api.Messages, "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}", true)]
    [InlineData("/v1/messages", Api.Messages, "\"thinking\":{\"type\":\"adaptive\"},\"output_config\":{\"effort\":\"low\"}", true)]
    public async Task The_effort_is_accepted(string path, Api api, string field, bool thinks)
    {
        var reply = await server.AskAsync(path, $$"""
            {"model":"demo-chat","stream":false,"max_tokens":1200,"temperature":0,"options":{"temperature":0,"num_predict":1200},{{field}},"messages":[{"role":"user","content":"What is the capital of France?"}]}
            """);
        Assert.Equal(thinks, ApiAnswer.Read(api, reply.Json).Thinking.Length > 0);
    }

    [Theory]
    [InlineData("{\"effort\":\"low\"}", true)]
    [InlineData("{\"effort\":\"high\",\"summary\":\"auto\"}", true)]
    [InlineData("{\"effort\":\"none\"}", false)]
    public async Task The_effort_of_a_response_is_accepted(string reasoning, bool thinks)
    {
        var reply = await server.AskAsync("/v1/responses", $$"""{"model":"demo-chat","max_output_tokens":400,"temperature":0,"reasoning":{{reasoning}},"input":"What is the capital of France?"}""");
        Assert.Equal(thinks, ApiAnswer.Read(Api.Responses, reply.Json).Thinking.Length > 0);
    }
}

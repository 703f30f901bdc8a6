namespace GGLib.Acceptance.Compatibility;

/// <summary>A stop sequence ends the answer, is not part of it, and the Messages API reports it.</summary>
public sealed class StopSequenceTests(CompatibilityServer server)
{
    [Theory]
    [InlineData(Api.OllamaChat, false, "stop")]
    [InlineData(Api.OllamaChat, true, "stop")]
    [InlineData(Api.ChatCompletions, false, "stop")]
    [InlineData(Api.ChatCompletions, true, "stop")]
    [InlineData(Api.Messages, false, "stop_sequence")]
    [InlineData(Api.Messages, true, "stop_sequence")]
    public async Task The_answer_ends_before_it(Api api, bool stream, string finish)
    {
        var answer = await server.AskAsync(api, new ApiRequest("demo-chat", Turn.User("What is the capital of France?")) { Stop = "Paris", Stream = stream });
        Assert.Contains("capital", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Paris", answer.Text, StringComparison.Ordinal);
        Assert.Equal(finish, answer.Finish);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_names_it(bool stream)
    {
        var reply = await server.AskAsync("/v1/messages", $$"""
            {"model":"demo-chat","max_tokens":100,"temperature":0,"stream":{{(stream ? "true" : "false")}},"thinking":{"type":"disabled"},"stop_sequences":["nowhere","Paris"],"messages":[{"role":"user","content":"What is the capital of France?"}]}
            """);
        var answer = stream ? reply.Events.Single(static item => item.GetProperty("type").GetString() is "message_delta").GetProperty("delta") : reply.Json;
        Assert.Equal(("stop_sequence", "Paris"), (answer.GetProperty("stop_reason").GetString(), answer.GetProperty("stop_sequence").GetString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_ends_by_itself_has_none(bool stream)
    {
        var answer = await server.AskAsync(Api.Messages, new ApiRequest("demo-chat", Turn.User("What is the capital of France?")) { Stop = "nowhere", Stream = stream });
        Assert.Equal("end_turn", answer.Finish);
    }
}

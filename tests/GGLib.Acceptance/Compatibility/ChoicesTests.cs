using System.Net;
using System.Text.Json;

namespace GGLib.Acceptance.Compatibility;

/// <summary>Several answers to one request, and several prompts in one request.</summary>
public sealed class ChoicesTests(CompatibilityServer server)
{
    private const string Go = """
        "template":"{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"
        """;

    [Theory]
    [InlineData("choices-engine", "", false)]
    [InlineData("choices-engine-streamed", "", true)]
    [InlineData("choices-go", Go, false)]
    [InlineData("choices-go-streamed", Go, true)]
    public async Task A_chat_has_as_many_answers_as_were_asked_for(string model, string stored, bool stream)
    {
        await server.CreateAsync(model, stored);
        var reply = await server.AskAsync("/v1/chat/completions", $$"""
            {"model":"{{model}}","max_tokens":4,"n":2,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"What is the capital of France?"}]}
            """);
        Check(reply, stream, 2);
    }

    [Theory]
    [InlineData("\"The capital of France is\"", 2, 2, false)]
    [InlineData("\"The capital of France is\"", 2, 2, true)]
    [InlineData("[\"The capital of France is\",\"The capital of Italy is\"]", 1, 2, false)]
    [InlineData("[\"The capital of France is\",\"The capital of Italy is\"]", 1, 2, true)]
    [InlineData("[\"The capital of France is\",\"The capital of Italy is\"]", 2, 4, false)]
    [InlineData("[\"The capital of France is\",\"The capital of Italy is\"]", 2, 4, true)]
    [InlineData("[[1,2,3],[4,5]]", 1, 2, false)]
    [InlineData("[1,2,3]", 1, 1, false)]
    [InlineData("[\"The capital of France is\"]", 1, 1, false)]
    public async Task A_completion_has_an_answer_for_each_prompt_and_choice(string prompt, int n, int count, bool stream)
    {
        var reply = await server.AskAsync("/v1/completions", $$"""{"model":"demo-chat","max_tokens":4,"n":{{n}},"stream":{{(stream ? "true" : "false")}},"prompt":{{prompt}}}""");
        Check(reply, stream, count);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"demo-chat","n":0,"max_tokens":1,"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"demo-chat","n":"x","max_tokens":1,"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"demo-chat","n":100000,"max_tokens":1,"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/v1/completions", """{"model":"demo-chat","n":-1,"max_tokens":1,"prompt":"hi"}""")]
    [InlineData("/v1/completions", """{"model":"demo-chat","max_tokens":1,"prompt":{"a":1}}""")]
    [InlineData("/v1/completions", """{"model":"demo-chat","max_tokens":1,"prompt":[]}""")]
    public async Task A_number_or_a_prompt_of_another_kind_is_an_error(string path, string body)
    {
        var reply = await server.PostAsync(path, body);
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.NotEmpty(reply.Json.GetProperty("error").GetProperty("message").GetString()!);
    }

    /// <summary>Each answer has its own text: none gets that of the others.</summary>
    [Theory]
    [InlineData("choices-apart-engine", "", false)]
    [InlineData("choices-apart-engine-streamed", "", true)]
    [InlineData("choices-apart-go", Go, false)]
    [InlineData("choices-apart-go-streamed", Go, true)]
    public async Task Answers_are_not_mixed(string model, string stored, bool stream)
    {
        await server.CreateAsync(model, stored);
        var reply = await server.AskAsync("/v1/chat/completions", $$"""
            {"model":"{{model}}","max_tokens":60,"n":3,"stream":{{(stream ? "true" : "false")}},"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object","properties":{"yes":{"type":"boolean"} },"required":["yes"],"additionalProperties":false} } },"reasoning_effort":"none","messages":[{"role":"user","content":"What is the capital of France?"}]}
            """);
        IEnumerable<JsonElement> answers = stream ? reply.Events : [reply.Json];
        var texts = answers.SelectMany(static answer => answer.GetProperty("choices").EnumerateArray())
            .GroupBy(static choice => choice.GetProperty("index").GetInt32(), choice => choice.GetProperty(stream ? "delta" : "message"))
            .Select(static parts => string.Concat(parts.Select(static part => part.TryGetProperty("content", out var text) ? text.GetString() : "")))
            .ToList();

        Assert.Equal(3, texts.Count);
        Assert.All(texts, static text => Assert.True(JsonElement.Parse(text).TryGetProperty("yes", out _)));
    }

    private static void Check(Reply reply, bool stream, int count)
    {
        IEnumerable<JsonElement> answers = stream ? reply.Events : [reply.Json];
        var choices = answers.SelectMany(static answer => answer.GetProperty("choices").EnumerateArray()).ToLookup(static choice => choice.GetProperty("index").GetInt32());
        Assert.Equal(Enumerable.Range(0, count), choices.Select(static choice => choice.Key).Order());
        Assert.All(choices, static choice => Assert.Single(choice, static part => part.TryGetProperty("finish_reason", out var reason) && reason.ValueKind is JsonValueKind.String));
    }
}

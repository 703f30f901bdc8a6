using System.Text.Json;

namespace GGLib.Acceptance.Compatibility;

/// <summary>The values stored with a model have the same effect on every route.</summary>
public sealed class StoredValuesTests(CompatibilityServer server)
{
    private const string Question = "What is the capital of France?";

    private const string Jinja = """
        "template":"{%- for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
        """;

    [Theory]
    [InlineData("stored-nothing", "")]
    [InlineData("stored-system", """
        "system":"You are a very long system prompt one two three four five six."
        """)]
    [InlineData("stored-messages", """
        "messages":[{"role":"user","content":"hello there friend"},{"role":"assistant","content":"hi"}]
        """)]
    [InlineData("stored-system-and-messages", """
        "system":"You are a very long system prompt one two three four five six.","messages":[{"role":"user","content":"hello there friend"},{"role":"assistant","content":"hi"}],"parameters":{"temperature":0}
        """)]
    [InlineData("stored-jinja", Jinja)]
    [InlineData("stored-go", """
        "template":"<X>{{ .System }}|{{ .Prompt }}</X>","parameters":{"temperature":0}
        """)]
    [InlineData("stored-go-messages", """
        "template":"{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n","system":"You are terse.","messages":[{"role":"user","content":"hello there friend"},{"role":"assistant","content":"hi"}]
        """)]
    public async Task The_prompt_is_the_same_on_every_route(string model, string stored)
    {
        await server.CreateAsync(model, stored);
        var expected = (await server.AskAsync(Api.OllamaChat, Ask(model))).PromptTokens;
        Assert.True(expected > 5, $"{expected} tokens");

        var tokens = new Dictionary<string, int>();
        foreach (var api in Enum.GetValues<Api>())
        {
            tokens[$"{api}"] = (await server.AskAsync(api, Ask(model))).PromptTokens;
            tokens[$"{api}, streamed"] = (await server.AskAsync(api, Ask(model) with { Stream = true })).PromptTokens;
        }

        var generated = await server.AskAsync("/api/generate", $$"""{"model":"{{model}}","stream":false,"think":false,"prompt":"{{Question}}","options":{"num_predict":4} }""");
        tokens["generate"] = generated.Json.GetProperty("prompt_eval_count").GetInt32();
        tokens["count_tokens"] = (await server.AskAsync("/v1/messages/count_tokens", Ask(model).BodyFor(Api.Messages))).Json.GetProperty("input_tokens").GetInt32();
        tokens["input_tokens"] = (await server.AskAsync("/v1/responses/input_tokens", Ask(model).BodyFor(Api.Responses))).Json.GetProperty("input_tokens").GetInt32();

        Assert.All(tokens, counted => Assert.True(counted.Value == expected, $"{counted.Key}: {counted.Value} tokens instead of {expected}"));
    }

    [Fact]
    public async Task A_system_prompt_of_the_request_replaces_the_stored_one()
    {
        var plain = await server.CreateAsync("replaced-plain", "");
        var stored = await server.CreateAsync("replaced-stored", """
            "system":"You are a very long system prompt one two three four five six."
            """);
        foreach (var api in Enum.GetValues<Api>())
        {
            var expected = (await server.AskAsync(api, new ApiRequest(plain, Turn.System("Be brief."), Turn.User(Question)) { Limit = 4 })).PromptTokens;
            Assert.Equal(expected, (await server.AskAsync(api, new ApiRequest(stored, Turn.System("Be brief."), Turn.User(Question)) { Limit = 4 })).PromptTokens);
        }

        var instructed = (await server.AskAsync("/v1/responses", $$"""{"model":"{{stored}}","instructions":"Be brief.","input":"{{Question}}","reasoning":{"effort":"none"},"max_output_tokens":4}""")).Json;
        var message = await server.AskAsync(Api.Responses, new ApiRequest(stored, Turn.System("Be brief."), Turn.User(Question)) { Limit = 4 });
        Assert.Equal(message.PromptTokens, instructed.GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Apis.AllStreamedOrNot), MemberType = typeof(Apis))]
    public async Task A_template_that_cannot_think_does_not(Api api, bool stream)
    {
        var model = await server.CreateAsync($"cannot-think-{api}-{stream}", """
            "template":"<X>{{ .System }}|{{ .Prompt }}</X>","parameters":{"temperature":0}
            """);
        // Clients of the Messages API send their defaults for thinking to every model. The other APIs report a demand that cannot be met.
        var answer = await server.AskAsync(api, new ApiRequest(model, Turn.User(Question)) { Limit = 12, Stream = stream, Thinks = api is Api.Messages ? true : null });
        Assert.Empty(answer.Thinking);
    }

    [Theory]
    [MemberData(nameof(Apis.AllStreamedOrNot), MemberType = typeof(Apis))]
    public async Task A_stored_stop_sequence_ends_the_answer(Api api, bool stream)
    {
        var model = await server.CreateAsync($"stored-stop-{api}-{stream}", """
            "parameters":{"temperature":0,"stop":["Paris"]}
            """);
        var answer = await server.AskAsync(api, new ApiRequest(model, Turn.User(Question)) { Stream = stream });
        Assert.Contains("capital", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Paris", answer.Text, StringComparison.Ordinal);
        Assert.Contains(answer.Finish, new[] { "stop", "completed", "end_turn", "stop_sequence" });
    }

    [Theory]
    [InlineData("/api/chat", """{"model":"MODEL","stream":false,"think":false,"messages":[{"role":"user","content":"Tell me a story."}]}""", "eval_count")]
    [InlineData("/api/generate", """{"model":"MODEL","stream":false,"think":false,"prompt":"Tell me a story."}""", "eval_count")]
    [InlineData("/v1/chat/completions", """{"model":"MODEL","reasoning_effort":"none","messages":[{"role":"user","content":"Tell me a story."}]}""", "usage.completion_tokens")]
    [InlineData("/v1/completions", """{"model":"MODEL","prompt":"Tell me a story."}""", "usage.completion_tokens")]
    [InlineData("/v1/responses", """{"model":"MODEL","reasoning":{"effort":"none"},"input":"Tell me a story."}""", "usage.output_tokens")]
    public async Task A_stored_limit_applies_to_requests_without_one(string path, string body, string counter)
    {
        var model = await server.CreateAsync("stored-limit" + path.Replace('/', '-'), """
            "parameters":{"num_predict":3}
            """);
        var answer = (await server.AskAsync(path, body.Replace("MODEL", model, StringComparison.Ordinal))).Json;
        Assert.Equal(3, counter.Split('.').Aggregate(answer, static (value, name) => value.GetProperty(name)).GetInt32());
    }

    [Fact]
    public async Task A_stored_seed_writes_the_same_text_again()
    {
        var model = await server.CreateAsync("stored-seed", """
            "parameters":{"seed":7,"temperature":1.5,"num_predict":24}
            """);
        foreach (var (path, body) in new[]
        {
            ("/v1/chat/completions", $$"""{"model":"{{model}}","reasoning_effort":"none","messages":[{"role":"user","content":"Tell me a story."}]}"""),
            ("/v1/messages", $$"""{"model":"{{model}}","max_tokens":24,"thinking":{"type":"disabled"},"messages":[{"role":"user","content":"Tell me a story."}]}"""),
            ("/v1/responses", $$"""{"model":"{{model}}","reasoning":{"effort":"none"},"input":"Tell me a story."}"""),
        })
        {
            Assert.Equal(TextOf((await server.AskAsync(path, body)).Json), TextOf((await server.AskAsync(path, body)).Json));
        }
    }

    private static ApiRequest Ask(string model) => new(model, Turn.User(Question)) { Limit = 4 };

    private static string TextOf(JsonElement answer) =>
        answer.TryGetProperty("choices", out _) ? ApiAnswer.Read(Api.ChatCompletions, answer).Text
        : answer.TryGetProperty("output", out _) ? ApiAnswer.Read(Api.Responses, answer).Text
        : ApiAnswer.Read(Api.Messages, answer).Text;
}

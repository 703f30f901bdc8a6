using System.Net;
using System.Text.RegularExpressions;

namespace GGLib.Acceptance.Compatibility;

/// <summary>A prompt that is longer than the context is reported in the words that clients look for.</summary>
public sealed partial class OverflowTests(CompatibilityServer server)
{
    private static readonly string Long = string.Concat(Enumerable.Repeat("hello world ", 9000));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_uses_the_sentence_of_its_API(bool stream)
    {
        var error = await FailAsync(Api.Messages, stream);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Matches(TooLong, error.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(Api.ChatCompletions, false)]
    [InlineData(Api.ChatCompletions, true)]
    [InlineData(Api.Responses, false)]
    [InlineData(Api.Responses, true)]
    public async Task OpenAI_uses_the_code_of_its_API(Api api, bool stream)
    {
        var error = await FailAsync(api, stream);
        Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
        Assert.Contains("context", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Api.ChatCompletions)]
    [InlineData(Api.Responses)]
    [InlineData(Api.Messages)]
    public async Task A_Go_template_overflows_in_the_same_words(Api api)
    {
        var model = await server.CreateAsync($"overflow-go-{api}", """
            "template":"{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"
            """);
        var reply = await server.PostAsync(ApiRequest.PathOf(api), new ApiRequest(model, Turn.User(Long)) { Thinks = null }.BodyFor(api));
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        var error = reply.Json.GetProperty("error");
        if (api is Api.Messages)
        {
            Assert.Matches(TooLong, error.GetProperty("message").GetString());
        }
        else
        {
            Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task Completions_uses_the_code_of_its_API()
    {
        var reply = await server.PostAsync("/v1/completions", $$"""{"model":"demo-chat","max_tokens":3,"prompt":"{{Long}}"}""");
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal("context_length_exceeded", reply.Json.GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ollama_drops_old_messages_unless_it_must_not(bool stream)
    {
        Turn[] turns = [Turn.User(Long), Turn.Assistant("ok"), Turn.User("What is the capital of France?")];
        var request = new ApiRequest("demo-chat", turns) { Limit = 3, Stream = stream };
        Assert.True((await server.AskAsync(Api.OllamaChat, request)).PromptTokens < 4096);
        var reply = await server.PostAsync("/api/chat", request.BodyFor(Api.OllamaChat)[..^1] + ",\"truncate\":false}");
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.NotEmpty(reply.Json.GetProperty("error").GetString()!);
    }

    [Fact]
    public async Task Responses_truncates_when_asked_to()
    {
        var body = new ApiRequest("demo-chat", Turn.User(Long), Turn.Assistant("ok"), Turn.User("What is the capital of France?")) { Limit = 3 }.BodyFor(Api.Responses);
        var answer = await server.AskAsync("/v1/responses", body[..^1] + ",\"truncation\":\"auto\"}");
        Assert.True(ApiAnswer.Read(Api.Responses, answer.Json).PromptTokens < 4096);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.PostAsync("/v1/responses", body[..^1] + ",\"truncation\":\"disabled\"}")).Status);
    }

    [GeneratedRegex("prompt is too long: [0-9]+ tokens > [0-9]+ maximum")]
    private static partial Regex TooLong { get; }

    private async Task<System.Text.Json.JsonElement> FailAsync(Api api, bool stream)
    {
        var reply = await server.PostAsync(ApiRequest.PathOf(api), new ApiRequest("demo-chat", Turn.User(Long)) { Limit = 3, Stream = stream }.BodyFor(api));
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        return reply.Json.GetProperty("error");
    }
}

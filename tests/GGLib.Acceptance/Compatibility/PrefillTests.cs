namespace GGLib.Acceptance.Compatibility;

/// <summary>An answer to a conversation that ends with an assistant message is only the continuation of that message.</summary>
public sealed class PrefillTests(CompatibilityServer server)
{
    [Theory]
    [MemberData(nameof(Apis.AllStreamedOrNot), MemberType = typeof(Apis))]
    public async Task The_answer_is_the_continuation(Api api, bool stream)
    {
        var answer = await server.AskAsync(api, new ApiRequest("demo-chat", Turn.User("What is the capital of France?"), Turn.Assistant("The capital of France is")) { Limit = 20, Stream = stream });
        Assert.DoesNotContain("The capital of France is", answer.Text, StringComparison.Ordinal);
        Assert.Contains("Paris", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Api.ChatCompletions)]
    [InlineData(Api.Messages)]
    public async Task The_answer_is_the_continuation_of_parts(Api api)
    {
        var reply = await server.AskAsync(ApiRequest.PathOf(api), """
            {"model":"demo-chat","max_tokens":20,"temperature":0,"reasoning_effort":"none","thinking":{"type":"disabled"},"messages":[{"role":"user","content":"What is the capital of France?"},{"role":"assistant","content":[{"type":"text","text":"The capital"},{"type":"text","text":" of France is"}]}]}
            """);
        var answer = ApiAnswer.Read(api, reply.Json);
        Assert.DoesNotContain("The capital", answer.Text, StringComparison.Ordinal);
        Assert.Contains("Paris", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Apis.AllStreamedOrNot), MemberType = typeof(Apis))]
    public async Task A_Go_template_continues_as_well(Api api, bool stream)
    {
        var model = await server.CreateAsync($"prefill-go-{api}-{stream}", """
            "template":"{{ range $i, $_ := .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}{{ if not (and (eq .Role \"assistant\") (eq (len (slice $.Messages $i)) 1)) }}<|im_end|>\n{{ end }}{{ end }}{{ if ne (index .Messages (len (slice .Messages 1))).Role \"assistant\" }}<|im_start|>assistant\n{{ end }}"
            """);
        var answer = await server.AskAsync(api, new ApiRequest(model, Turn.User("What is the capital of France?"), Turn.Assistant("The capital of France is")) { Limit = 20, Stream = stream, Thinks = null });
        Assert.DoesNotContain("The capital of France is", answer.Text, StringComparison.Ordinal);
        Assert.NotEmpty(answer.Text);
    }
}

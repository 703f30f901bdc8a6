namespace GGLib.Acceptance.Compatibility;

/// <summary>Tools under a Go template, where the engine completes a text and knows no tools.</summary>
public sealed class GoTemplateToolTests(CompatibilityServer server)
{
    private const string Template = """
        "template":"{{ if .Tools }}<|im_start|>system\n# Tools\n{{ range .Tools }}{{ . }}\n{{ end }}<|im_end|>\n{{ end }}{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}{{ range .ToolCalls }}<tool_call>\n{\"name\": \"{{ .Function.Name }}\", \"arguments\": {{ .Function.Arguments }}}\n</tool_call>{{ end }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"
        """;

    private static readonly Dictionary<string, string> Tools = new()
    {
        ["get_weather"] = """{"type":"object","properties":{"city":{"type":"string","maxLength":20}},"required":["city"]}""",
        ["zzz"] = """{"type":"object","properties":{}}""",
    };

    [Theory]
    [MemberData(nameof(Apis.WithToolChoice), MemberType = typeof(Apis))]
    public async Task The_named_tool_is_called(Api api, bool stream)
    {
        var question = new ApiRequest(await ModelAsync(), Turn.User("What is the capital of France?")) { Tools = Tools, Stream = stream, Thinks = null };
        Assert.Equal("zzz", Assert.Single((await server.AskAsync(api, question with { Choice = "zzz" })).Calls).Name);
        Assert.Contains(Assert.Single((await server.AskAsync(api, question with { Choice = "required" })).Calls).Name, Tools.Keys);
    }

    [Theory]
    [MemberData(nameof(Apis.WithToolChoice), MemberType = typeof(Apis))]
    public async Task None_never_calls(Api api, bool stream)
    {
        var answer = await server.AskAsync(api, new ApiRequest(
            await ModelAsync(),
            Turn.User("What is the weather in Paris?"), Turn.Call("c1", "get_weather", """{"city":"Paris"}"""), Turn.Result("c1", "sunny"), Turn.Assistant("It is sunny."),
            Turn.User("What is the weather in Rome?"))
        { Tools = Tools, Choice = "none", Stream = stream, Thinks = null });
        Assert.Empty(answer.Calls);
        Assert.DoesNotContain("tool_call", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Apis.WithToolChoice), MemberType = typeof(Apis))]
    public async Task A_call_that_is_cut_off_says_so_and_can_be_sent_back(Api api, bool stream)
    {
        var question = new ApiRequest(await ModelAsync(), Turn.User("What is the weather in Paris?")) { Tools = Tools, Stream = stream, Thinks = null };
        var answer = await server.AskAsync(api, question with { Choice = "get_weather", Limit = 4 });
        Assert.Equal(ApiAnswer.TruncatedOf(api), answer.Finish);
        Assert.DoesNotContain("tool_call", answer.Text, StringComparison.Ordinal);

        var part = api is Api.Messages ? "{}" : "{\"ci";
        await server.AskAsync(api, question with { Turns = [.. question.Turns, Turn.Call("c1", "get_weather", part), Turn.Result("c1", "cut off")], Limit = 4 });
    }

    private Task<string> ModelAsync() => server.CreateAsync("go-tools-" + Guid.NewGuid().ToString("N")[..8], Template);
}

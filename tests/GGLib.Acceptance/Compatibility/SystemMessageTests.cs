namespace GGLib.Acceptance.Compatibility;

/// <summary>System messages and roles in any order reach the model, also when its template rejects, reorders or drops them.</summary>
public sealed class SystemMessageTests(CompatibilityServer server)
{
    private const string Question = "What is the capital of France?";

    private const string End = "<|im_start|>{{ m.role }}\\n{{ m.content }}<|im_end|>\\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\\n{% endif %}";

    /// <summary>Rejects a system message that is not the first message.</summary>
    private const string Rejects = "{%- for m in messages %}{%- if m.role == \\\"system\\\" %}{%- if not loop.first %}{{- raise_exception('System message must be at the beginning.') }}{%- endif %}{%- endif %}" + End;

    /// <summary>Rejects all system messages.</summary>
    private const string RejectsAll = "{%- for m in messages %}{%- if m.role == \\\"system\\\" %}{{- raise_exception('System role not supported') }}{%- endif %}" + End;

    /// <summary>Leaves out system messages that are not the first message.</summary>
    private const string Drops = "{%- for m in messages %}{%- if m.role == \\\"system\\\" and not loop.first %}{%- continue %}{%- endif %}" + End;

    /// <summary>Writes all system messages first.</summary>
    private const string Reorders =
        "{%- for m in messages if m.role == \\\"system\\\" %}<|im_start|>system\\n{{ m.content }}<|im_end|>\\n{% endfor %}{%- for m in messages if m.role != \\\"system\\\" %}" + End;

    /// <summary>Rejects two messages of one role in a row.</summary>
    private const string Alternates = "{%- for m in messages %}{%- if (m.role == \\\"user\\\") != (loop.index0 % 2 == 0) %}{{- raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{%- endif %}" + End;

    public static MatrixTheoryData<Api, string> ApisAndTemplates =>
        new(Enum.GetValues<Api>(), ["rejects", "rejects-all", "drops", "reorders", "alternates"]);

    [Theory]
    [MemberData(nameof(ApisAndTemplates))]
    public async Task Messages_in_any_order_are_answered(Api api, string template)
    {
        var model = await ModelAsync(template, $"{template}-{api}");
        foreach (var turns in new Turn[][]
        {
            [Turn.System("a"), Turn.User(Question)],
            [Turn.System("a"), Turn.System("b"), Turn.User(Question)],
            [Turn.User(Question), Turn.System("The agents are: a, b.")],
            [Turn.System("You are a coding agent."), Turn.User(Question), Turn.System("The agents are: a, b.")],
            [Turn.User("hi"), Turn.System("a"), Turn.User(Question)],
            [Turn.User("hi"), Turn.Assistant("hello"), Turn.System("a"), Turn.User(Question)],
            [Turn.System("a"), Turn.User("hi"), Turn.Assistant("hello"), Turn.System("b"), Turn.User(Question)],
            [Turn.User("hi"), Turn.User(Question)],
            [Turn.User("hi"), Turn.Assistant("hello"), Turn.Assistant("there"), Turn.User(Question)],
            [Turn.Assistant("hello"), Turn.User(Question)],
        })
        {
            // Through /v1/messages, thinking must not be asked of a template that has none.
            var request = new ApiRequest(model, turns) { Limit = 4, Thinks = null };
            Assert.True((await server.AskAsync(api, request)).PromptTokens > 0);
            Assert.True((await server.AskAsync(api, request with { Stream = true })).PromptTokens > 0);
        }
    }

    [Theory]
    [MemberData(nameof(ApisAndTemplates))]
    public async Task No_message_is_lost(Api api, string template)
    {
        var model = await ModelAsync(template, $"{template}-lost-{api}");
        var with = new ApiRequest(model, Turn.User("hi"), Turn.Assistant("hello"), Turn.System("one two three four five six seven eight nine ten"), Turn.User(Question)) { Limit = 4, Thinks = null };
        var without = with with { Turns = [Turn.User("hi"), Turn.Assistant("hello"), Turn.User(Question)] };

        var words = (await server.AskAsync(api, with)).PromptTokens - (await server.AskAsync(api, without)).PromptTokens;

        Assert.True(words >= 10, $"ten words add {words} tokens");
    }

    [Theory]
    [InlineData("rejects")]
    [InlineData("drops")]
    [InlineData("reorders")]
    public async Task A_later_message_leaves_the_prompt_before_it_as_it_was(string template)
    {
        var model = await ModelAsync(template, template + "-prefix");
        Turn[] turns = [Turn.System("a"), Turn.User("hi"), Turn.Assistant("hello")];
        var before = await RenderAsync(model, [.. turns, Turn.User("x")]);
        var after = await RenderAsync(model, [.. turns, Turn.User("x"), Turn.System("The agents are: a, b."), Turn.User(Question)]);

        var common = before[..(before.LastIndexOf('x') + 1)];
        Assert.StartsWith(common, after, StringComparison.Ordinal);
        Assert.Contains("The agents are: a, b.", after, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Apis.All), MemberType = typeof(Apis))]
    public async Task A_header_reports_that_messages_were_rewritten(Api api)
    {
        var model = await ModelAsync("rejects", $"rewritten-{api}");
        var rewritten = await server.AskAsync(ApiRequest.PathOf(api), new ApiRequest(model, Turn.User(Question), Turn.System("b")) { Limit = 4, Thinks = null }.BodyFor(api));
        var plain = await server.AskAsync(ApiRequest.PathOf(api), new ApiRequest(model, Turn.System("b"), Turn.User(Question)) { Limit = 4, Thinks = null }.BodyFor(api));

        Assert.NotEmpty(rewritten.Headers["X-GGLib-Rewritten"]);
        Assert.DoesNotContain("X-GGLib-Rewritten", plain.Headers.Keys);
    }

    private async Task<string> RenderAsync(string model, IReadOnlyList<Turn> turns)
    {
        var body = new ApiRequest(model, turns) { Thinks = null }.BodyFor(Api.OllamaChat);
        var rendered = await server.AskAsync("/api/chat", body[..^1] + ""","_debug_render_only":true}""");
        return rendered.Json.GetProperty("_debug_info").GetProperty("rendered_template").GetString()!;
    }

    private Task<string> ModelAsync(string template, string name) => server.CreateAsync("system-" + name, $"\"template\":\"{template switch
    {
        "rejects" => Rejects,
        "rejects-all" => RejectsAll,
        "drops" => Drops,
        "reorders" => Reorders,
        _ => Alternates,
    }}\"");
}

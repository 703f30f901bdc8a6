using System.Net;
using System.Text.Json;
using GGLib.Catalog;
using GGLib.Catalog.Modelfiles;
using GGLib.Tests.Engine.Processes;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>What a model is asked: what is stored with it, templates, earlier tokens, and prompts that are too long. The engine here has a token a word.</summary>
public sealed class PromptTests
{
    private const string TooLong = """{"error":{"code":400,"message":"request (99 tokens) exceeds the available context size (12 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":99,"n_ctx":12}}""";

    [Fact]
    public async Task A_stored_system_prompt_and_messages_go_before_a_chat()
    {
        await using var server = await StartAsync("FROM x\nSYSTEM Be brief.\nMESSAGE user Hello\nMESSAGE assistant Hi!");
        await server.PostAsync("/api/chat", """{"model":"m","stream":false,"messages":[{"role":"user","content":"Why?"}]}""");
        Assert.Equal("system:Be brief.|user:Hello|assistant:Hi!|user:Why?", await AskedAsync(server));

        // A system message of the request's own comes instead of the stored one.
        await server.PostAsync("/api/chat", """{"model":"m","stream":false,"messages":[{"role":"system","content":"Be long."},{"role":"user","content":"Why?"}]}""");
        Assert.Equal("user:Hello|assistant:Hi!|system:Be long.|user:Why?", await AskedAsync(server));
    }

    [Fact]
    public async Task A_stored_system_prompt_and_messages_go_before_a_prompt()
    {
        await using var server = await StartAsync("FROM x\nSYSTEM Be brief.\nMESSAGE user Hello\nMESSAGE assistant Hi!");
        await server.PostAsync("/api/generate", """{"model":"m","stream":false,"prompt":"Why?"}""");
        Assert.Equal("system:Be brief.|user:Hello|assistant:Hi!|user:Why?", await AskedAsync(server));

        await server.PostAsync("/api/generate", """{"model":"m","stream":false,"prompt":"Why?","system":"Be long."}""");
        Assert.Equal("system:Be long.|user:Hello|assistant:Hi!|user:Why?", await AskedAsync(server));
    }

    [Fact]
    public async Task Stored_parameters_count_where_a_request_says_nothing()
    {
        await using var server = await StartAsync("FROM x\nPARAMETER temperature 0.25\nPARAMETER top_k 7\nPARAMETER stop <end>\nPARAMETER num_ctx 512");
        await server.PostAsync("/api/chat", """{"model":"m","stream":false,"messages":[{"role":"user","content":"Why?"}],"options":{"top_k":9}}""");
        using var body = JsonDocument.Parse((await AskAsync(server, "/v1/chat/completions")).Body);

        Assert.Equal((0.25, 9, """["<end>"]"""), (body.RootElement.GetProperty("temperature").GetDouble(), body.RootElement.GetProperty("top_k").GetInt32(), body.RootElement.GetProperty("stop").GetRawText()));
        var request = (await server.Runners.NextAsync()).Request;
        Assert.Equal((null, 512), (request.Context, request.Model.StoredContext));
    }

    [Fact]
    public async Task A_Go_template_is_rendered_here()
    {
        await using var server = await StartAsync("FROM x\nSYSTEM Be brief.\nTEMPLATE \"{{ if .System }}<s>{{ .System }}</s>{{ end }}{{ range .Messages }}{{ if ne .Role `system` }}<{{ .Role }}>{{ .Content }}{{ end }}{{ end }}<assistant>\"");
        var answer = await server.PostAsync("/api/chat", """{"model":"m","stream":false,"messages":[{"role":"user","content":"Why?"}]}""");

        Assert.Contains("\"content\":\"one two\"", answer.Text, StringComparison.Ordinal);
        Assert.Equal("<s>Be brief.</s><user>Why?<assistant>", await PromptAsync(server, "/completion"));

        // Raw is raw.
        await server.PostAsync("/api/generate", """{"model":"m","stream":false,"prompt":"Why?","raw":true}""");
        Assert.Equal("Why?", await PromptAsync(server, "/completion"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Thinking_and_calls_are_read_out_of_an_answer_to_a_Go_template(bool stream)
    {
        await using var server = await StartAsync(
            "FROM x\nTEMPLATE \"\"\"{{ range .Tools }}{{ . }}{{ end }}{{ range .Messages }}{{ .Content }}{{ .Thinking }}{{ range .ToolCalls }}<call>{{ . }}{{ end }}{{ end }}<think>\"\"\"",
            static _ => ScriptedEngine.Events(
                """{"content":"We"}""", """{"content":"ll</thi"}""", """{"content":"nk>\nLook:<ca"}""", """{"content":"ll>{\"name\":\"f\",\"arguments\":{\"x\":1}}"}""", """{"content":"","stop":true,"stop_type":"eos"}"""));
        var answer = await server.PostAsync("/api/chat", $$$"""{"model":"m","stream":{{{(stream ? "true" : "false")}}},"messages":[{"role":"user","content":"Why?"}],"tools":[{"type":"function","function":{"name":"f"}}]}""");

        if (stream)
        {
            Assert.Contains("\"thinking\":\"ll\"", answer.Text, StringComparison.Ordinal);
            Assert.Contains("\"content\":\"Look:\"", answer.Text, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains("\"content\":\"Look:\",\"thinking\":\"Well\"", answer.Text, StringComparison.Ordinal);
        }

        Assert.Contains("\"function\":{\"index\":0,\"name\":\"f\",\"arguments\":{\"x\":1}}", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gap_goes_through_a_Go_template_that_knows_gaps()
    {
        await using var server = await StartAsync("FROM x\nTEMPLATE \"{{ if .Suffix }}<P>{{ .Prompt }}<S>{{ .Suffix }}<M>{{ else }}{{ .Prompt }}{{ end }}\"");
        await server.PostAsync("/api/generate", """{"model":"m","stream":false,"prompt":"def f(","suffix":"return 1"}""");

        Assert.Equal("<P>def f(<S>return 1<M>", await PromptAsync(server, "/completion"));
    }

    [Fact]
    public async Task A_request_may_bring_a_template()
    {
        await using var server = await StartAsync("FROM x\nTEMPLATE stored");
        await server.PostAsync("/api/generate", """{"model":"m","stream":false,"prompt":"Why?","system":"S","template":"[{{ .System }}] {{ .Prompt }}"}""");
        Assert.Equal("[S] Why?", await PromptAsync(server, "/completion"));
        Assert.Null((await server.Runners.NextAsync()).Request.Model.ChatTemplate);

        // A Jinja template is the engine's to render: it takes a launch of its own.
        await server.PostAsync("/api/generate", """{"model":"m","stream":false,"prompt":"Why?","template":"{% for m in messages %}{{ m.content }}{% endfor %}"}""");
        Assert.Equal("user:Why?", await AskedAsync(server));
        Assert.Equal("{% for m in messages %}{{ m.content }}{% endfor %}", (await server.Runners.NextAsync()).Request.Model.ChatTemplate);
    }

    [Fact]
    public async Task What_a_template_cannot_do_is_the_clients_fault()
    {
        await using var server = await StartAsync("FROM x");
        var answer = await server.PostAsync("/api/generate", """{"model":"m","stream":false,"prompt":"Why?","template":"{{ index .Prompt 99 }}"}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.StartsWith("{\"error\":\"template: ", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Generate_tells_the_tokens_of_prompt_and_answer(string stream)
    {
        await using var server = await StartAsync("FROM x");
        var answer = await server.PostAsync("/api/generate", $$"""{"model":"m","stream":{{stream}},"prompt":"Why? How?"}""");

        // The prompt is rendered as "user:Why? How?"; the answer is "one two".
        Assert.Contains("\"done\":true,\"done_reason\":\"stop\",\"context\":[9,4,3,3],", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("context", (await server.PostAsync("/api/generate", $$"""{"model":"m","stream":{{stream}},"prompt":"Why?","raw":true}""")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("context", (await server.PostAsync("/api/chat", $$"""{"model":"m","stream":{{stream}},"messages":[{"role":"user","content":"Why?"}]}""")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_thought_is_told_once_and_is_not_in_the_context()
    {
        await using var server = await StartAsync("FROM x", static call => call.Path is "/v1/chat/completions"
            ? ScriptedEngine.Events(
                """{"choices":[{"index":0,"finish_reason":null,"delta":{"reasoning_content":"Hmmmm"}}]}""",
                """{"choices":[{"index":0,"finish_reason":null,"delta":{"content":"one"}}]}""",
                """{"choices":[{"index":0,"finish_reason":"stop","delta":{}}]}""",
                "[DONE]")
            : Engine(call, 99));
        var answer = await server.PostAsync("/api/generate", """{"model":"m","prompt":"Why?"}""");

        Assert.Equal(2, answer.Text.Split("Hmmmm").Length);
        Assert.Contains("\"response\":\"\",\"done\":true,\"done_reason\":\"stop\",\"context\":[9,3]", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_is_told_before_its_tokens_are_counted()
    {
        await using var server = await StartAsync("FROM x");
        server.Engine.Answer = null;
        var asked = server.SendAsync(server.Request("POST", "/api/generate", """{"model":"m","prompt":"Why?"}"""));
        var chat = await server.Engine.NextAsync();
        chat.Reply(Engine(chat, 99));

        // The whole answer is there, and the engine does not say what its tokens are.
        using var response = await asked;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Limit.Token));
        Assert.Contains("\"response\":\"one\",\"done\":false", await reader.ReadLineAsync(Limit.Token), StringComparison.Ordinal);
        Assert.Contains("\"response\":\" two\",\"done\":false", await reader.ReadLineAsync(Limit.Token), StringComparison.Ordinal);
        var template = await server.Engine.NextAsync();
        Assert.Equal("/apply-template", template.Path);
        template.Reply(ScriptedEngine.Json("{}", HttpStatusCode.NotFound));
        Assert.Contains("\"done\":true", await reader.ReadLineAsync(Limit.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Earlier_tokens_go_before_the_prompt_and_keep_the_stored_messages_out()
    {
        await using var server = await StartAsync("FROM x\nMESSAGE user Hello\nMESSAGE assistant Hi!");
        var answer = await server.PostAsync("/api/generate", """{"model":"m","stream":false,"prompt":"Why?","context":[3,3]}""");

        Assert.Equal("aaa aaa user:Why?", await PromptAsync(server, "/completion"));
        Assert.Contains("\"context\":[3,3,9,3,3]", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_does_not_tell_tokens_costs_the_context_and_not_the_answer()
    {
        await using var server = await StartAsync("FROM x", static call => call.Path is "/tokenize" ? ScriptedEngine.Json("{}", HttpStatusCode.NotFound) : Engine(call, 99));
        var answer = await server.PostAsync("/api/generate", """{"model":"m","stream":false,"prompt":"Why?"}""");

        Assert.Contains("\"response\":\"one two\",\"done\":true,\"done_reason\":\"stop\",\"total_duration\"", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_oldest_messages_go_when_a_conversation_is_too_long()
    {
        await using var server = await StartAsync("FROM x", static call => Engine(call, 12));
        const string Body = """
            {"model":"m","stream":false,"messages":[{"role":"system","content":"s1 s2"},{"role":"user","content":"a b c d"},{"role":"assistant","content":"e f g"},
            {"role":"user","content":"h i"},{"role":"assistant","content":"j k"},{"role":"user","content":"l m n"}]%}
            """;
        var answer = await server.PostAsync("/api/chat", Body.Replace("%", "", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        await AskedAsync(server);
        Assert.Equal("system:s1 s2|user:h i|assistant:j k|user:l m n", await AskedAsync(server));

        var refused = await server.PostAsync("/api/chat", Body.Replace("%", ",\"truncate\":false", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.BadRequest, """{"error":"request (99 tokens) exceeds the available context size (12 tokens), try increasing it"}"""), (refused.Status, refused.Text));
    }

    [Fact]
    public async Task The_middle_goes_when_even_the_last_message_is_too_long()
    {
        await using var server = await StartAsync("FROM x", static call => Engine(call, 12));
        const string Body = """{"model":"m","stream":false,"prompt":"a bb ccc dddd a bb ccc dddd a bb ccc dddd eeeee","options":{"num_keep":2}%}""";
        var answer = await server.PostAsync("/api/generate", Body.Replace("%", "", StringComparison.Ordinal));

        // 2 of the beginning and half of the other 10 of the context. "user:a" is a token of 6 letters.
        Assert.Contains("\"response\":\"one two\"", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"context\":[6,2,1,2,3,4,5,3,3]", answer.Text, StringComparison.Ordinal);
        using var body = JsonDocument.Parse((await AskAsync(server, "/completion")).Body);
        Assert.Equal("[6,2,1,2,3,4,5]", body.RootElement.GetProperty("prompt").GetRawText());

        var refused = await server.PostAsync("/api/generate", Body.Replace("%", ",\"shift\":false", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("the prompt is longer than the context length currently available to the model; shorten the prompt", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_stored_goes_before_a_chat_of_OpenAIs_API()
    {
        await using var server = await StartAsync("FROM x\nSYSTEM Be brief.\nMESSAGE user Hello\nMESSAGE assistant Hi!\nPARAMETER top_k 7");
        await server.PostAsync("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"Why?"}],"unknown":{"kept":1}}""");
        var body = (await AskAsync(server, "/v1/chat/completions")).Body;
        Assert.StartsWith("{\"model\":\"gglib-", body, StringComparison.Ordinal);
        Assert.EndsWith("""
            "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello"},{"role":"assistant","content":"Hi!"},{"role":"user","content":"Why?"}],"top_k":7,"unknown":{"kept":1}}
            """, body, StringComparison.Ordinal);

        await server.PostAsync("/v1/chat/completions", """{"model":"m","messages":[{"role":"developer","content":"Be long."},{"role":"user","content":"Why?"}]}""");
        Assert.Equal("user:Hello|assistant:Hi!|system:Be long.|user:Why?", await AskedAsync(server));
    }

    [Theory]
    [InlineData(false, """
        {"id":"I","object":"chat.completion","created":0,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Look:"
        """)]
    [InlineData(true, """
        "delta":{"content":"Look:"}
        """)]
    public async Task A_Go_template_also_makes_the_prompt_of_OpenAIs_API(bool stream, string expected)
    {
        await using var server = await StartAsync(
            "FROM x\nSYSTEM S\nTEMPLATE \"\"\"{{ range .Tools }}[{{ .Function.Name }}]{{ end }}{{ range .Messages }}<{{ .Role }}>{{ .Content }}{{ .Thinking }}{{ range .ToolCalls }}<call>{{ .Function.Name }}{{ end }}{{ end }}\"\"\"",
            static _ => ScriptedEngine.Events("""{"content":"<think>Well</think>Look:<call>{\"name\":\"f\",\"arguments\":{\"x\":1}}"}""", """{"content":"","stop":true,"stop_type":"eos"}"""));
        var answer = await server.PostAsync("/v1/chat/completions", $$$"""
            {"model":"m","stream":{{{(stream ? "true" : "false")}}},"max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
            {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]},
            {"role":"tool","tool_call_id":"c1","content":"42"}],"tools":[{"type":"function","function":{"name":"f"}}]}
            """);

        Assert.Equal("[f]<system>S<user>a\nb<assistant><call>f<tool>42", await PromptAsync(server, "/completion"));
        Assert.Contains(expected.Trim().Split("\"message\"")[^1], answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"reasoning_content\":\"Well\"", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"f\"", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"tool_calls\"", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/generate", "\"prompt\":\"Why?\"", "\"response\":\"\"")]
    [InlineData("/api/chat", "\"messages\":[{\"role\":\"user\",\"content\":\"Why?\"}]", "\"message\":{\"role\":\"\",\"content\":\"\"}")]
    public async Task The_prompts_text_alone_can_be_had(string path, string asked, string nothing)
    {
        await using var server = await StartAsync("FROM x");
        var answer = await server.PostAsync(path, $$"""{"model":"m",{{asked}},"_debug_render_only":true}""");

        Assert.Equal($$$"""{"model":"m","created_at":"T",{{{nothing}}},"done":false,"_debug_info":{"rendered_template":"user:Why?"}}""", answer.Text);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(",\"shift\":true", true)]
    [InlineData(",\"shift\":false", false)]
    public async Task Shifting_the_context_is_the_launchs(string field, bool? shift)
    {
        await using var server = await StartAsync("FROM x");
        await server.PostAsync("/api/generate", $$"""{"model":"m","stream":false,"prompt":"Why?"{{field}}}""");

        Assert.Equal(shift, (await server.Runners.NextAsync()).Request.Settings.ContextShift);
    }

    private static Task<TestServer> StartAsync(string modelfile) => StartAsync(modelfile, static call => Engine(call, 99));

    private static async Task<TestServer> StartAsync(string modelfile, Func<ScriptedEngine.Call, HttpResponseMessage> engine)
    {
        var server = await TestServer.StartAsync(runners: new FakeRunnerFactory { ContextLength = 12 });
        server.Engine.Answer = engine;
        var profile = ModelProfile.Of(ModelfileParser.Parse(modelfile, out _)!, out var problem);
        Assert.Null(problem);
        Assert.True(server.Catalog.AddTransient(server.Catalog.Find("tiny")!.Path, "m", profile).Succeeded);
        return server;
    }

    // A word's token is its length; a chat is written as "role:content|…", and refused from so many words on.
    private static HttpResponseMessage Engine(ScriptedEngine.Call call, int context)
    {
        using var body = JsonDocument.Parse(call.Body);
        var root = body.RootElement;
        switch (call.Path)
        {
            case "/tokenize":
                return ScriptedEngine.Json($$"""{"tokens":[{{string.Join(',', Words(root.GetProperty("content").GetString()!).Select(static word => word.Length))}}]}""");
            case "/detokenize":
                return ScriptedEngine.Json($$"""{"content":"{{string.Concat(root.GetProperty("tokens").EnumerateArray().Select(static token => new string('a', token.GetInt32()) + " "))}}"}""");
            case "/apply-template":
                return ScriptedEngine.Json($$"""{"prompt":"{{Chat(root)}}"}""");
            case "/completion":
                return ScriptedEngine.Events("""{"content":"one"}""", """{"content":" two"}""", """{"content":"","stop":true,"stop_type":"eos"}""");
            default:
                return Words(Chat(root)).Length >= context
                    ? ScriptedEngine.Json(TooLong, HttpStatusCode.BadRequest)
                    : ScriptedEngine.Events(
                        """{"choices":[{"index":0,"finish_reason":null,"delta":{"content":"one"}}]}""",
                        """{"choices":[{"index":0,"finish_reason":null,"delta":{"content":" two"}}]}""",
                        """{"choices":[{"index":0,"finish_reason":"stop","delta":{}}]}""",
                        "[DONE]");
        }
    }

    private static string[] Words(string text) => text.Split([' ', '|'], StringSplitOptions.RemoveEmptyEntries);

    private static string Chat(JsonElement root) => string.Join('|', root.GetProperty("messages").EnumerateArray().Select(static message => $"{message.GetProperty("role").GetString()}:{message.GetProperty("content").GetString()}"));

    private static async Task<ScriptedEngine.Call> AskAsync(TestServer server, string path)
    {
        while (true)
        {
            if (await server.Engine.NextAsync() is var call && call.Path == path)
            {
                return call;
            }
        }
    }

    private static async Task<string> AskedAsync(TestServer server)
    {
        using var body = JsonDocument.Parse((await AskAsync(server, "/v1/chat/completions")).Body);
        return Chat(body.RootElement);
    }

    private static async Task<string?> PromptAsync(TestServer server, string path)
    {
        using var body = JsonDocument.Parse((await AskAsync(server, path)).Body);
        return body.RootElement.GetProperty("prompt").GetString();
    }
}

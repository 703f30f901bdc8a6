using System.Net;
using System.Text.RegularExpressions;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Tool calls that the client forces: nothing but the call reaches the client.</summary>
public sealed partial class ForcedCallTests
{
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""";
    private const string OpenAITools = $$$$"""[{"type":"function","function":{"name":"weather","parameters":{{{{Schema}}}}}}]""";

    // The template's escapes are Jinja's.
    private const string JsonCalls = """{{ tools }}<think></think>"<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>" """;

    public static TheoryData<string, string, string> Requests() => new()
    {
        { "/v1/chat/completions", $$$"""{"model":"hermes","messages":[{"role":"user","content":"hi"}],"tool_choice":"required","tools":{{{OpenAITools}}}}""", """{"role":"assistant","content":"","tool_calls":[{"id":"C","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Köln {1}\"}"}}]},"finish_reason":"tool_calls"}""" },
        { "/v1/chat/completions", $$$"""{"model":"hermes","messages":[{"role":"user","content":"hi"}],"tool_choice":{"type":"function","function":{"name":"weather"}},"tools":{{{OpenAITools}}}}""", """},"finish_reason":"tool_calls"}""" },
        { "/v1/chat/completions", $$$"""{"model":"hermes","stream":true,"messages":[{"role":"user","content":"hi"}],"tool_choice":"required","tools":{{{OpenAITools}}}}""", """{"tool_calls":[{"index":0,"function":{"arguments":"\"Köln"}}]}""" },
        { "/v1/responses", $$$"""{"model":"hermes","input":"hi","tool_choice":"required","tools":[{"type":"function","name":"weather","parameters":{{{Schema}}}}]}""", """[{"id":"I","type":"function_call","status":"completed","call_id":"C","name":"weather","arguments":"{\"city\":\"Köln {1}\"}"}]""" },
        { "/v1/messages", $$$"""{"model":"hermes","max_tokens":99,"messages":[{"role":"user","content":"hi"}],"tool_choice":{"type":"any"},"tools":[{"name":"weather","input_schema":{{{Schema}}}}]}""", """[{"type":"tool_use","id":"C","name":"weather","input":{"city":"Köln {1}"},"caller":{"type":"direct"}}],"stop_reason":"tool_use",""" },
        { "/v1/messages", $$$"""{"model":"hermes","stream":true,"max_tokens":99,"messages":[{"role":"user","content":"hi"}],"tool_choice":{"type":"tool","name":"weather"},"tools":[{"name":"weather","input_schema":{{{Schema}}}}]}""", """{"type":"tool_use","id":"C","name":"weather","input":{},"caller":{"type":"direct"}}""" },
    };

    /// <summary>The engine's own grammar allows text before the call, so the call is the continuation of the rendered prompt.</summary>
    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_call_in_JSON_continues_the_prompt(string path, string body, string expected)
    {
        await using var server = await StartAsync("<|im_start|>assistant\\n", "stop");
        var answer = await server.PostAsync(path, body);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains(expected, Same(answer.Text), StringComparison.Ordinal);
        var template = await server.Engine.NextAsync();
        Assert.Equal("/apply-template", template.Path);
        Assert.Equal($$$$"""{"messages":[{"role":"user","content":"hi"}],"tools":{{{{OpenAITools}}}},"chat_template_kwargs":{"enable_thinking":false}}""", template.Body);
        var completion = await server.Engine.NextAsync();
        Assert.Equal("/completion", completion.Path);
        Assert.StartsWith(
            """{"prompt":"<|im_start|>assistant\n<tool_call>\n","stream":true,"json_schema":{"anyOf":[{"type":"object","properties":{"name":{"const":"weather"},"arguments":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}},"required":["name","arguments"],"additionalProperties":false}]}""",
            completion.Body,
            StringComparison.Ordinal);
        Assert.False(server.Engine.HasMore);
    }

    [Fact]
    public async Task The_stream_is_exact()
    {
        await using var server = await StartAsync("p", "stop");
        var answer = await server.PostAsync("/v1/chat/completions", $$$"""{"model":"hermes","stream":true,"messages":[{"role":"user","content":"hi"}],"tool_choice":"required","tools":{{{OpenAITools}}}}""");

        Assert.Equal(
            """
            data: {"id":"I","object":"chat.completion.chunk","created":1,"model":"hermes","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"C","type":"function","function":{"name":"weather","arguments":""}}]},"finish_reason":null}]}

            data: {"id":"I","object":"chat.completion.chunk","created":1,"model":"hermes","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]},"finish_reason":null}]}

            data: {"id":"I","object":"chat.completion.chunk","created":1,"model":"hermes","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"Köln"}}]},"finish_reason":null}]}

            data: {"id":"I","object":"chat.completion.chunk","created":1,"model":"hermes","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":" {1}\"}"}}]},"finish_reason":null}]}

            data: {"id":"I","object":"chat.completion.chunk","created":1,"model":"hermes","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

            data: [DONE]


            """,
            Same(answer.Text));
    }

    [Fact]
    public async Task Thinking_that_the_template_begins_is_ended()
    {
        await using var server = await StartAsync("<|im_start|>assistant\\n<think>\\n", "stop");
        await server.PostAsync("/v1/chat/completions", $$$"""{"model":"hermes","messages":[{"role":"user","content":"hi"}],"tool_choice":"required","tools":{{{OpenAITools}}}}""");

        await server.Engine.NextAsync();
        Assert.StartsWith("""{"prompt":"<|im_start|>assistant\n<think>\n\n</think>\n\n<tool_call>\n",""", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }

    /// <summary>References start at the root of a schema, which is not the tool's own any more.</summary>
    [Fact]
    public async Task Definitions_of_each_tool_stay_its_own()
    {
        await using var server = await StartAsync("p", "stop");
        await server.PostAsync("/v1/chat/completions", """
            {"model":"hermes","messages":[{"role":"user","content":"hi"}],"tool_choice":"required","tools":[
            {"type":"function","function":{"name":"a","parameters":{"type":"object","properties":{"x":{"$ref":"#/$defs/X"}},"$defs":{"X":{"type":"object","properties":{"y":{"$ref":"#/$defs/Y"}}},"Y":{"type":"string"}}}}},
            {"type":"function","function":{"name":"b","parameters":{"type":"object","properties":{"x":{"$ref":"#/definitions/X"}},"definitions":{"X":{"type":"integer"}}}}}]}
            """);

        await server.Engine.NextAsync();
        var sent = (await server.Engine.NextAsync()).Body;
        Assert.Contains("""{"name":{"const":"a"},"arguments":{"type":"object","properties":{"x":{"$ref":"#/$defs/0.X"}}}}""", sent, StringComparison.Ordinal);
        Assert.Contains("""{"name":{"const":"b"},"arguments":{"type":"object","properties":{"x":{"$ref":"#/$defs/1.X"}}}}""", sent, StringComparison.Ordinal);
        Assert.Contains("""{"0.X":{"type":"object","properties":{"y":{"$ref":"#/$defs/0.Y"}}},"1.X":{"type":"integer"},"0.Y":{"type":"string"}}""", sent, StringComparison.Ordinal);
    }

    /// <summary>A schema may be nested deeper than the usual limit of JSON readers.</summary>
    [Fact]
    public async Task A_deep_schema_is_sent()
    {
        await using var server = await StartAsync("p", "stop");
        var schema = string.Concat(Enumerable.Repeat("{\"type\":\"array\",\"items\":", 100)) + "{\"type\":\"string\"}" + new string('}', 100);
        var answer = await server.PostAsync("/v1/chat/completions", $$$$$$"""{"model":"hermes","messages":[{"role":"user","content":"hi"}],"tool_choice":"required","tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"x":{{{{{{schema}}}}}}}}}}]}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        await server.Engine.NextAsync();
        Assert.Contains(schema, (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"parallel_tool_calls\":true")]
    [InlineData("\"reasoning_effort\":\"high\"")]
    [InlineData("\"n\":2")]
    [InlineData("\"logprobs\":true")]
    public async Task Other_wishes_need_the_engines_own_way(string field)
    {
        await using var server = await StartAsync("p", "stop");
        await server.PostAsync("/v1/chat/completions", $$$"""{"model":"hermes",{{{field}}},"messages":[{"role":"user","content":"hi"}],"tool_choice":"required","tools":{{{OpenAITools}}}}""");

        var chat = await server.Engine.NextAsync();
        Assert.Equal("/v1/chat/completions", chat.Path);
        Assert.Contains("\"tool_choice\":\"required\"", chat.Body, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> OtherRequests() => new()
    {
        { "/v1/chat/completions", $$$"""{"model":"tinytools","messages":[{"role":"user","content":"hi"}],"tool_choice":"required","tools":{{{OpenAITools}}}}""" },
        { "/v1/chat/completions", $$$"""{"model":"tinytools","stream":true,"messages":[{"role":"user","content":"hi"}],"tool_choice":"required","tools":{{{OpenAITools}}}}""" },
        { "/v1/responses", $$$"""{"model":"tinytools","stream":true,"input":"hi","tool_choice":"required","tools":[{"type":"function","name":"weather","parameters":{{{Schema}}}}]}""" },
        { "/v1/messages", $$$"""{"model":"tinytools","stream":true,"max_tokens":99,"messages":[{"role":"user","content":"hi"}],"tool_choice":{"type":"any"},"tools":[{"name":"weather","input_schema":{{{Schema}}}}]}""" },
        { "/v1/messages", $$$"""{"model":"tinytools","max_tokens":99,"messages":[{"role":"user","content":"hi"}],"tool_choice":{"type":"any"},"tools":[{"name":"weather","input_schema":{{{Schema}}}}]}""" },
    };

    [Theory]
    [MemberData(nameof(OtherRequests))]
    public async Task Text_beside_a_call_of_another_form_is_dropped(string path, string body)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = static _ => ScriptedEngine.Events(
            Samples.Role, Samples.Content("Sure, "), Samples.Content("a moment."), Fragment("\"id\":\"c0\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\"{}\"}"), Samples.Content("Done."),
            """{"choices":[{"finish_reason":"tool_calls","index":0,"delta":{}}]}""", Samples.Usage, "[DONE]");
        var answer = await server.PostAsync(path, body);

        Assert.Contains("weather", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Sure", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("moment", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Done.", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"tool_choice\":\"required\"", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OtherRequests))]
    public async Task Text_without_a_call_is_kept(string path, string body)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = static _ => ScriptedEngine.Events(
            Samples.Role, Samples.Content("Sure, "), Samples.Content("a moment."), """{"choices":[{"finish_reason":"length","index":0,"delta":{}}]}""", Samples.Usage, "[DONE]");

        Assert.Contains("Sure, a moment.", (await server.PostAsync(path, body)).Text, StringComparison.Ordinal);
    }

    private static string Fragment(string members) => $$$"""{"choices":[{"finish_reason":null,"index":0,"delta":{"tool_calls":[{"index":0,{{{members}}}}]}}]}""";

    private static async Task<TestServer> StartAsync(string prompt, string reason)
    {
        var server = await TestServer.StartAsync();
        server.Add("hermes", TestServer.Model("llama").Add("tokenizer.chat_template", JsonCalls));
        string[] pieces = ["{\\\"name\\\":\\\"weather\\\",\\\"argu", "ments\\\":", "{\\\"city\\\":", "\\\"Köln", " {1}\\\"}", "}"];
        server.Engine.Answer = call => call.Path == "/apply-template"
            ? ScriptedEngine.Json($$"""{"prompt":"{{prompt}}"}""")
            : ScriptedEngine.Events([.. pieces.Select(static piece => $$"""{"index":0,"content":"{{piece}}","stop":false}"""), $$"""{"index":0,"content":"","stop":true,"stop_type":"{{(reason is "stop" ? "eos" : "limit")}}","tokens_predicted":9,"tokens_evaluated":4}"""]);
        return server;
    }

    private static string Same(string text) => CreatedPattern().Replace(CallPattern().Replace(IdPattern().Replace(text, "\"id\":\"I\""), "id\":\"C\""), "\"created\":1");

    [GeneratedRegex("\"id\":\"(chatcmpl|resp|msg|fc)[-_][^\"]*\"")]
    private static partial Regex IdPattern();

    [GeneratedRegex("id\":\"(call|toolu)_[^\"]*\"")]
    private static partial Regex CallPattern();

    [GeneratedRegex("\"created\":\\d+")]
    private static partial Regex CreatedPattern();
}

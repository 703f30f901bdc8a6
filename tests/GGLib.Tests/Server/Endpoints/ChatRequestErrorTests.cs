using System.Net;
using System.Text.Json;
using GGLib.Server;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Values of wrong types in chat completions: none is ignored silently.</summary>
public sealed class ChatRequestErrorTests
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]";

    [Theory]
    [InlineData("""{"role":"user","content":5}""", "messages[0].content")]
    [InlineData("""{"role":"user","content":true}""", "messages[0].content")]
    [InlineData("""{"role":"user","content":{"type":"text","text":"a"}}""", "messages[0].content")]
    [InlineData("""{"role":"user","content":"a"},{"role":"user","content":[5]}""", "messages[1].content[0]")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":5}]}""", "messages[0].content[0].text")]
    [InlineData("""{"role":"user","content":[{"type":"text","content":"a"}]}""", "messages[0].content[0].text")]
    [InlineData("""{"role":"user","content":[{"type":5,"text":"a"}]}""", "messages[0].content[0].type")]
    [InlineData("""{"role":5,"content":"a"}""", "messages[0].role")]
    [InlineData("""{"role":"user","name":5,"content":"a"}""", "messages[0].name")]
    [InlineData("""{"role":"assistant","content":"a","reasoning_content":5}""", "messages[0].reasoning_content")]
    [InlineData("""{"role":"assistant","tool_calls":{}}""", "messages[0].tool_calls")]
    [InlineData("""{"role":"assistant","tool_calls":[5]}""", "messages[0].tool_calls[0].function")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"1","function":{"name":5}}]}""", "messages[0].tool_calls[0].function.name")]
    [InlineData("""{"role":"tool","tool_call_id":5,"content":"a"}""", "messages[0].tool_call_id")]
    [InlineData("null", "messages[0]")]
    [InlineData("\"x\"", "messages[0]")]
    public Task Messages_of_wrong_types_are_rejected(string messages, string parameter) => AssertRejectedAsync($"\"messages\":[{messages}]", parameter);

    [Theory]
    [InlineData("\"tools\":\"x\"", "tools")]
    [InlineData("\"tools\":{\"a\":1}", "tools")]
    [InlineData("\"tools\":[\"x\"]", "tools[0]")]
    [InlineData("\"tools\":[null]", "tools[0]")]
    [InlineData("\"tools\":[{}]", "tools[0].function.name")]
    [InlineData("\"tools\":[{\"type\":\"function\"}]", "tools[0].function.name")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"\"}}]", "tools[0].function.name")]
    [InlineData("\"functions\":\"x\"", "functions")]
    [InlineData("\"functions\":[{}]", "functions[0].name")]
    [InlineData("\"parallel_tool_calls\":\"false\"", "parallel_tool_calls")]
    [InlineData("\"logprobs\":1", "logprobs")]
    [InlineData("\"logprobs\":true,\"top_logprobs\":\"3\"", "top_logprobs")]
    [InlineData("\"logprobs\":true,\"top_logprobs\":21", "top_logprobs")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\"}", "response_format.json_schema")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":\"x\"}", "response_format.json_schema")]
    public Task Fields_of_wrong_types_are_rejected(string fields, string parameter) => AssertRejectedAsync($"{Messages},{fields}", parameter);

    [Theory]
    [InlineData("{\"role\":null,\"content\":null,\"name\":null,\"tool_calls\":null}")]
    [InlineData("{\"role\":\"user\",\"content\":[null,\"a\",{\"text\":\"b\"},{\"type\":\"text\",\"text\":null}]}")]
    [InlineData("{\"role\":\"assistant\",\"tool_calls\":[null],\"content\":\"a\"},{\"role\":\"user\",\"content\":\"a\"}")]
    public async Task Null_values_are_absent(string messages)
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { Version = "0.1.0", RewritesMessages = static _ => false });
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Role, Samples.Content("a"), Samples.Finish, Samples.Usage, "[DONE]");
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/chat/completions", $$"""{"model":"tiny","stream":true,"messages":[{{messages}}]}""")).Status);
    }

    [Fact]
    public async Task A_tool_in_the_form_of_the_Responses_API_is_accepted()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Role, Samples.Content("a"), Samples.Finish, Samples.Usage, "[DONE]");
        await server.PostAsync("/v1/chat/completions", $$$$"""{"model":"tinytools","stream":true,{{{{Messages}}}},"tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object","properties":{}}}]}""");
        Assert.Contains("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"d\",", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("[]", "")]
    [InlineData("[\"\"]", "")]
    [InlineData("[\"\",\"zz\"]", "\"stop\":[\"zz\"]")]
    public async Task An_empty_stop_sequence_counts_as_absent(string stop, string sent)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Role, Samples.Content("a"), Samples.Finish, Samples.Usage, "[DONE]");
        await server.PostAsync("/v1/chat/completions", $$"""{"model":"tiny","stream":true,{{Messages}},"stop":{{stop}}}""");
        var body = (await server.Engine.NextAsync()).Body;
        if (sent.Length > 0)
        {
            Assert.Contains(sent, body, StringComparison.Ordinal);
        }
        else
        {
            Assert.DoesNotContain("\"stop\"", body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("[\"a\",\"b\"]")]
    [InlineData("[1,2,3]")]
    [InlineData("[[1,2],[3]]")]
    public async Task A_suffix_needs_one_text(string prompt)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.PostAsync("/v1/completions", $$"""{"model":"tinyfill","prompt":{{prompt}},"suffix":"x"}""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("\"param\":\"suffix\"", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_engines_error_event_has_the_APIs_form()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Role, Samples.Content("a"), """{"error":{"code":500,"message":"The model produced output that does not match the expected peg-native format","type":"server_error"}}""");
        var answer = await server.PostAsync("/v1/chat/completions", $$"""{"model":"tiny","stream":true,{{Messages}}}""");
        Assert.EndsWith(
            "data: {\"error\":{\"message\":\"The model produced output that does not match the expected peg-native format\",\"type\":\"api_error\",\"param\":null,\"code\":null}}\n\n",
            answer.Text,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/chat", "\"format\":\"json\"", "\"content\":\"{}\"")]
    [InlineData("/v1/responses", "\"input\":\"q\",\"text\":{\"format\":{\"type\":\"json_object\"}}", "\"text\":\"{}\"")]
    [InlineData("/v1/messages", "\"max_tokens\":9,\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}}", "\"text\":\"{}\"")]
    public async Task An_answer_that_the_engine_cannot_parse_is_asked_for_again(string path, string fields, string expected)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = static call => call.Path switch
        {
            "/apply-template" => ScriptedEngine.Json("""{"prompt":"P"}"""),
            "/completion" => ScriptedEngine.Events("""{"content":"{}","stop":false}""", """{"content":"","stop":true,"stop_type":"eos","tokens_evaluated":1,"tokens_predicted":1}"""),
            _ => ScriptedEngine.Events(Samples.Role, Samples.Content("{"), """{"error":{"code":500,"message":"The model produced output that does not match the expected peg-native format","type":"server_error"}}"""),
        };
        var answer = await server.PostAsync(path, $$"""{"model":"tiny","stream":false,{{(fields.Contains("input", StringComparison.Ordinal) ? "" : Messages + ",")}}{{fields}}}""");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains(expected, answer.Text, StringComparison.Ordinal);
    }

    private static async Task AssertRejectedAsync(string fields, string parameter)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.PostAsync("/v1/chat/completions", $$"""{"model":"tinytools",{{fields}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        using var error = JsonDocument.Parse(answer.Text);
        Assert.Equal(parameter, error.RootElement.GetProperty("error").GetProperty("param").GetString());
        Assert.False(server.Engine.HasMore);
    }
}

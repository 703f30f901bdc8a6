using System.Net;

namespace GGLib.Acceptance.Compatibility;

/// <summary>Every kind of input item that clients of the Responses API send back is accepted.</summary>
public sealed class ResponsesInputTests(CompatibilityServer server)
{
    private const string Weather = """{"type":"message","role":"user","content":[{"type":"input_text","text":"What is the weather in Paris?"}]}""";

    private const string Call = """{"type":"function_call","name":"get_weather","arguments":"{\"city\":\"Paris\"}","call_id":"c1"}""";

    private const string Result = """{"type":"function_call_output","call_id":"c1","output":"18 C"}""";

    [Theory]
    [InlineData("without a type", """{"role":"user","content":"What is the weather in Paris?"}""")]
    [InlineData("output_text of the user", """{"role":"user","content":[{"type":"output_text","text":"What is the weather in Paris?"}]}""")]
    [InlineData("input_text of the assistant", $$"""{{Weather}},{"role":"assistant","content":[{"type":"input_text","text":"ok"}]},{{Weather}}""")]
    [InlineData("assistant message as the API returned it", $$"""{{Weather}},{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"ok","annotations":[],"logprobs":[]}]},{{Weather}}""")]
    [InlineData("refusal", $$"""{{Weather}},{"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"no"}]},{{Weather}}""")]
    [InlineData("developer message", $$"""{"type":"message","role":"developer","content":[{"type":"input_text","text":"Be brief."}]},{{Weather}}""")]
    [InlineData("reasoning without content", $$"""{{Weather}},{"type":"reasoning","summary":[],"encrypted_content":""},{{Call}},{{Result}}""")]
    [InlineData("reasoning with null content", $$"""{{Weather}},{"type":"reasoning","summary":[],"content":null,"encrypted_content":""},{{Call}},{{Result}}""")]
    [InlineData("reasoning with null encrypted content", $$"""{{Weather}},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":null,"status":null},{{Call}},{{Result}}""")]
    [InlineData("reasoning of another server", $$"""{{Weather}},{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"gAAAAABo"},{{Call}},{{Result}}""")]
    [InlineData("reasoning with text", $$"""{{Weather}},{"type":"reasoning","id":"rs_1","summary":[],"content":[{"type":"reasoning_text","text":"hm"}]},{{Call}},{{Result}}""")]
    [InlineData("reasoning alone", $$"""{{Weather}},{"type":"reasoning","summary":[]},{{Weather}}""")]
    [InlineData("function call without arguments", $$"""{{Weather}},{"type":"function_call","name":"now","arguments":"","call_id":"c1"},{{Result}}""")]
    [InlineData("function call with id and status", $$"""{{Weather}},{"type":"function_call","id":"fc_1","status":"completed","name":"now","arguments":"{}","call_id":"c1"},{{Result}}""")]
    [InlineData("truncated function call", $$"""{{Weather}},{"type":"function_call","name":"get_weather","arguments":"{\"ci","call_id":"c1"},{{Result}}""")]
    [InlineData("function call without a result", $$"""{{Weather}},{{Call}},{{Weather}}""")]
    [InlineData("results in parts", $$"""{{Weather}},{{Call}},{"type":"function_call_output","call_id":"c1","output":[{"type":"output_text","text":"18 C"}]}""")]
    [InlineData("results in input parts", $$"""{{Weather}},{{Call}},{"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"18 C"},{"type":"input_text","text":"sunny"}]}""")]
    [InlineData("empty result", $$"""{{Weather}},{{Call}},{"type":"function_call_output","call_id":"c1","output":""}""")]
    [InlineData("result without parts", $$"""{{Weather}},{{Call}},{"type":"function_call_output","call_id":"c1","output":[]}""")]
    [InlineData("parallel calls", $$"""{{Weather}},{{Call}},{"type":"function_call","name":"get_weather","arguments":"{\"city\":\"Rome\"}","call_id":"c2"},{"type":"function_call_output","call_id":"c2","output":"20 C"},{{Result}}""")]
    [InlineData("custom tool call", $$"""{{Weather}},{"type":"custom_tool_call","call_id":"c1","name":"apply_patch","input":"*** Begin"},{"type":"custom_tool_call_output","call_id":"c1","output":"ok"}""")]
    [InlineData("web search call", $$"""{{Weather}},{"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"a"} },{"type":"message","role":"assistant","content":[{"type":"output_text","text":"ok"}]},{{Weather}}""")]
    [InlineData("file search call", $$"""{{Weather}},{"type":"file_search_call","id":"fs_1","status":"completed","queries":["a"],"results":null},{{Weather}}""")]
    [InlineData("local shell call", $$"""{{Weather}},{"type":"local_shell_call","id":"ls_1","call_id":"c1","status":"completed","action":{"type":"exec","command":["ls"],"env":{} } },{"type":"local_shell_call_output","id":"c1","output":"a"},{{Weather}}""")]
    [InlineData("code interpreter call", $$"""{{Weather}},{"type":"code_interpreter_call","id":"ci_1","status":"completed","code":"1","container_id":"x","outputs":null},{{Weather}}""")]
    [InlineData("image generation call", $$"""{{Weather}},{"type":"image_generation_call","id":"ig_1","status":"completed","result":null},{{Weather}}""")]
    [InlineData("MCP items", $$"""{{Weather}},{"type":"mcp_list_tools","id":"m_1","server_label":"a","tools":[]},{"type":"mcp_call","id":"m_2","server_label":"a","name":"f","arguments":"{}","output":"1","error":null},{{Weather}}""")]
    public async Task An_item_is_accepted(string kind, string items)
    {
        foreach (var stream in new[] { "false", "true" })
        {
            var reply = await server.PostAsync("/v1/responses", $$"""{"model":"demo-chat","reasoning":{"effort":"none"},"max_output_tokens":8,"stream":{{stream}},"input":[{{items}}]}""");
            Assert.True(reply.Status is HttpStatusCode.OK && !reply.Text.Contains("response.failed", StringComparison.Ordinal), $"{kind}: {reply.Status} {reply.Text}");
        }
    }

    [Fact]
    public async Task An_answer_is_accepted_as_input()
    {
        var asked = (await server.AskAsync("/v1/responses", """
            {"model":"demo-chat","temperature":0,"max_output_tokens":100,"include":["reasoning.encrypted_content"],"input":"What is the weather in Paris?","tools":[{"type":"function","name":"get_weather","description":"Get the weather of a city","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}]}
            """)).Json;
        var items = asked.GetProperty("output").EnumerateArray().ToList();
        var call = Assert.Single(items, static item => item.GetProperty("type").GetString() is "function_call");
        Assert.Contains(items, static item => item.GetProperty("type").GetString() is "reasoning");

        var answer = await server.AskAsync("/v1/responses", $$"""
            {"model":"demo-chat","temperature":0,"max_output_tokens":100,"input":[{{Weather}},{{string.Join(',', items.Select(static item => item.GetRawText()))}},{"type":"function_call_output","call_id":"{{call.GetProperty("call_id").GetString()}}","output":"sunny"}]}
            """);
        Assert.NotEmpty(ApiAnswer.Read(Api.Responses, answer.Json).Text);
    }

    [Theory]
    [InlineData("\"previous_response_id\":\"resp_1\"", HttpStatusCode.BadRequest)]
    [InlineData("\"background\":true", HttpStatusCode.BadRequest)]
    [InlineData("\"conversation\":\"conv_1\"", HttpStatusCode.BadRequest)]
    public async Task A_feature_that_does_not_exist_is_an_error(string field, HttpStatusCode status)
    {
        var reply = await server.PostAsync("/v1/responses", $$"""{"model":"demo-chat","input":"hi",{{field}}}""");
        Assert.Equal(status, reply.Status);
        Assert.NotEmpty(reply.Json.GetProperty("error").GetProperty("message").GetString()!);
        Assert.Equal("invalid_request_error", reply.Json.GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_reference_to_an_unknown_item_is_a_404()
    {
        var reply = await server.PostAsync("/v1/responses", """{"model":"demo-chat","input":[{"type":"item_reference","id":"msg_1"},{"role":"user","content":"hi"}]}""");
        Assert.Equal(HttpStatusCode.NotFound, reply.Status);
        Assert.Contains("msg_1", reply.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}

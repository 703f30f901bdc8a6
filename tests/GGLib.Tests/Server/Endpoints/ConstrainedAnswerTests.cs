using System.Net;
using System.Text.RegularExpressions;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Answers that the engine's chat endpoint refuses in the form in which the client asks for them, had in another way.</summary>
public sealed partial class ConstrainedAnswerTests
{
    private const string Refusal = """{"error":{"code":400,"message":"Failed to initialize samplers: std::exception","type":"invalid_request_error"}}""";
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";
    private const string NativeSchema = "{\"model\":\"tiny\",\"stream\":false,\"format\":{\"type\":\"boolean\"}," + Messages + "}";
    private const string OpenAISchema = "{\"model\":\"tiny\",\"max_tokens\":5,\"response_format\":{\"type\":\"json_object\"}," + Messages;
    private const string ToolChoice = """{"choices":[{"finish_reason":"tool_calls","index":0,"message":{"role":"assistant","content":"","reasoning_content":"so","tool_calls":[{"type":"function","function":{"name":"f","arguments":"{\"a\": 1}"},"id":"x1"}]},"logprobs":{"content":[{"id":5,"token":"f","bytes":[102],"logprob":-0.5,"top_logprobs":[]}]}}],"usage":{"completion_tokens":2,"prompt_tokens":11},"timings":{"cache_n":4,"prompt_n":7,"prompt_ms":3.5,"predicted_n":2,"predicted_ms":0.25}}""";

    private const string Parameters = """
        {"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}
        """;

    [Fact]
    public async Task A_native_schema_goes_by_way_of_the_rendered_prompt()
    {
        await using var server = await RefusingAsync();
        var answer = await server.PostAsync("/api/chat", NativeSchema);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains("\"content\":\"true\"},\"done\":true,\"done_reason\":\"length\"", answer.Text, StringComparison.Ordinal);
        Assert.Equal("/v1/chat/completions", (await server.Engine.NextAsync()).Path);
        var template = await server.Engine.NextAsync();
        Assert.Equal(("/apply-template", "{" + Messages + ",\"chat_template_kwargs\":{\"enable_thinking\":false}}"), (template.Path, template.Body));
        var completion = await server.Engine.NextAsync();
        Assert.Equal(
            ("/completion", """{"prompt":"<s>hi","stream":true,"json_schema":{"type":"boolean"},"n_predict":-1,"top_p":0.9,"min_p":0,"cache_prompt":true}"""),
            (completion.Path, completion.Body));
    }

    [Theory]
    [InlineData("""{"model":"tinytools","format":"json","messages":[{"content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}]}""")]
    [InlineData("""{"model":"tinysee","format":"json","messages":[{"content":"x","images":["iVBORw0KGgo="]}]}""")]
    [InlineData("""{"model":"tiny","messages":[{"content":"x"}]}""")]
    public async Task Where_there_is_no_second_way_the_refusal_is_told(string body)
    {
        await using var server = await RefusingAsync();

        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.BadRequest, "application/json", """{"error":"Failed to initialize samplers: std::exception"}"""),
            await server.PostAsync("/api/chat", body));
    }

    [Theory]
    [InlineData("/api/chat", NativeSchema)]
    [InlineData("/v1/chat/completions", OpenAISchema + "}")]
    public async Task A_prompt_that_cannot_be_rendered_is_told(string path, string body)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = call => call.Path == "/apply-template" ? ScriptedEngine.Json("""{"x":1}""") : ScriptedEngine.Json(Refusal, HttpStatusCode.BadRequest);
        var answer = await server.PostAsync(path, body);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.Contains("the engine's answer holds no prompt", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_OpenAI_schema_is_told_as_one_object()
    {
        await using var server = await RefusingAsync();
        var answer = await server.PostAsync("/v1/chat/completions", OpenAISchema + "}");

        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.OK, "application/json", """
                {"id":"I","object":"chat.completion","created":1,"model":"tiny","choices":[{"index":0,"message":{"role":"assistant","content":"true"},"finish_reason":"length"}],"usage":{"prompt_tokens":11,"completion_tokens":2,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":4}}}
                """),
            answer with { Text = Same(answer.Text) });
        await server.Engine.NextAsync();
        await server.Engine.NextAsync();
        Assert.Equal("""{"prompt":"<s>hi","stream":true,"json_schema":{"type":"object"},"n_predict":5}""", (await server.Engine.NextAsync()).Body);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(",\"stream_options\":{\"include_usage\":true}", "{\"id\":\"I\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"tiny\",\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":2,\"total_tokens\":13,\"prompt_tokens_details\":{\"cached_tokens\":4}}}")]
    public async Task An_OpenAI_schema_is_told_as_a_stream(string more, string usage)
    {
        await using var server = await RefusingAsync();
        var answer = await server.PostAsync("/v1/chat/completions", OpenAISchema + ",\"stream\":true" + more + "}");

        string[] events = [Delta("""{"role":"assistant","content":"tr"}""", "null"), Delta("""{"content":"ue"}""", "null"), Delta("{}", "\"length\""), .. usage.Length > 0 ? [usage] : Array.Empty<string>(), "[DONE]"];
        Assert.Equal(new TestServer.Answer(HttpStatusCode.OK, "text/event-stream", Samples.Body(events)), answer with { Text = Same(answer.Text) });
    }

    [Fact]
    public async Task A_told_stream_that_breaks_ends_with_an_error_event_and_no_mark_of_its_end()
    {
        await using var server = await RefusingAsync(Samples.Completion("tr"), Samples.Error);
        var answer = await server.PostAsync("/v1/chat/completions", OpenAISchema + ",\"stream\":true}");

        Assert.Equal(
            Samples.Body(Delta("""{"role":"assistant","content":"tr"}""", "null"), """{"error":{"message":"Compute error.","type":"api_error","param":null,"code":null}}"""),
            Same(answer.Text));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_told_answer_that_never_began_is_an_error(bool stream)
    {
        await using var server = await RefusingAsync(Samples.Error);
        var answer = await server.PostAsync("/v1/chat/completions", OpenAISchema + ",\"stream\":" + (stream ? "true" : "false") + "}");

        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.InternalServerError, "application/json", """{"error":{"message":"Compute error.","type":"api_error","param":null,"code":null}}"""),
            answer);
    }

    [Theory]
    [InlineData("true", """
        {"model":"tinytools","created_at":"T","message":{"role":"assistant","content":"","thinking":"so"},"done":false,"logprobs":[{"token":"f","logprob":-0.5,"bytes":[102]}]}
        {"model":"tinytools","created_at":"T","message":{"role":"assistant","content":"","tool_calls":[{"id":"x1","function":{"index":0,"name":"f","arguments":{"a": 1}}}]},"done":true,"done_reason":"stop",
        """)]
    [InlineData("false", """
        {"model":"tinytools","created_at":"T","message":{"role":"assistant","content":"","thinking":"so","tool_calls":[{"id":"x1","function":{"index":0,"name":"f","arguments":{"a": 1}}}]},"done":true,"done_reason":"stop","logprobs":[{"token":"f","logprob":-0.5,"bytes":[102]}],
        """)]
    public async Task Native_tools_with_log_probabilities(string stream, string expected)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json(ToolChoice);
        var answer = await server.PostAsync("/api/chat", $$"""{"model":"tinytools","stream":{{stream}},"logprobs":true,"tools":[{"type":"function","function":{"name":"f"} }],{{Messages}}}""");

        Assert.StartsWith(expected, answer.Text, StringComparison.Ordinal);
        Assert.EndsWith("\"eval_count\":2,\"eval_duration\":1}", answer.Text.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAI_tools_with_log_probabilities_in_a_stream()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json(ToolChoice);
        var answer = await server.PostAsync("/v1/chat/completions", $$$"""{"model":"tinytools","stream":true,"stream_options":{},"logprobs":true,"tools":[{"type":"function","function":{"name":"f","parameters":PARAMETERS}}],{{{Messages}}}}""".Replace("PARAMETERS", Parameters, StringComparison.Ordinal));

        Assert.Equal(
            Samples.Body(
                Delta("""{"role":"assistant","reasoning_content":"so","reasoning":"so"}""", "null", "tinytools", """,logprobs:{"content":[{"id":5,"token":"f","bytes":[102],"logprob":-0.5,"top_logprobs":[]}]}"""),
                Delta("""{"tool_calls":[{"index":0,"id":"x1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}]}""", "null", "tinytools"),
                Delta("{}", "\"tool_calls\"", "tinytools"),
                "[DONE]"),
            Same(answer.Text));
        Assert.Equal($$$"""{"stream":false,{{{Messages}}},"tools":[{"type":"function","function":{"name":"f","parameters":PARAMETERS}}],"chat_template_kwargs":{"enable_thinking":true},"logprobs":true,"top_logprobs":1}""".Replace("PARAMETERS", Parameters, StringComparison.Ordinal), (await server.Engine.NextAsync()).Body);
    }

    private static string Delta(string delta, string finish, string model = "tiny", string logprobs = "") =>
        $$"""{"id":"I","object":"chat.completion.chunk","created":1,"model":"{{model}}","choices":[{"index":0,"delta":{{delta}}{{logprobs.Replace(",logprobs", ",\"logprobs\"", StringComparison.Ordinal)}},"finish_reason":{{finish}}}]}""";

    private static string Same(string text) => CreatedPattern().Replace(IdPattern().Replace(text, "\"id\":\"I\""), "\"created\":1");

    /// <summary>An engine whose chat endpoint cannot set up a grammar; its completion answers <c>true</c> unless told otherwise.</summary>
    private static async Task<TestServer> RefusingAsync(params string[] events)
    {
        var server = await TestServer.StartAsync();
        server.Engine.Answer = call => call.Path switch
        {
            "/apply-template" => ScriptedEngine.Json("""{"prompt":"<s>hi"}"""),
            "/completion" => ScriptedEngine.Events(events.Length > 0 ? events : [Samples.Completion("tr"), Samples.Completion("ue"), Samples.CompletionEnd]),
            _ => ScriptedEngine.Json(Refusal, HttpStatusCode.BadRequest),
        };
        return server;
    }

    [GeneratedRegex("\"id\":\"chatcmpl-[a-zA-Z0-9]{32}\"")]
    private static partial Regex IdPattern();

    [GeneratedRegex("\"created\":[0-9]+")]
    private static partial Regex CreatedPattern();
}

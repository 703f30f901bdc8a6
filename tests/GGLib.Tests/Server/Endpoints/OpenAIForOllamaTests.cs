using System.Net;
using System.Text.RegularExpressions;
using GGLib.Server;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>What clients made for Ollama's <c>/v1</c> expect beyond OpenAI's own contract.</summary>
public sealed partial class OpenAIForOllamaTests
{
    private const string Alias = "gglib-0123456789abcdef0123";
    private const string Insert = """{"model":"tinyfill","prompt":"def f(","suffix":"return 1","max_tokens":5,"temperature":0.5,"stop":["x"],"logprobs":1,"stream":STREAM}""";

    [Fact]
    public async Task Thinking_in_a_stream_has_both_names()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Role, Samples.Reasoning(@"so \""\u00e9"), Samples.Content("a"), "[DONE]");
        var answer = await server.PostAsync("/v1/chat/completions", """{"model":"tinytools","stream":true,"messages":[{"role":"user","content":"x"}]}""");

        Assert.Contains("""{"delta":{"reasoning_content":"so \"\u00e9","reasoning":"so \"\u00e9"}}""".TrimStart('{').TrimEnd('}'), answer.Text, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(answer.Text, "\"reasoning\""));
    }

    [Fact]
    public async Task Thinking_in_one_piece_has_both_names()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json($$$"""{"choices":[{"message":{"role":"assistant","reasoning_content":"so","content":"a"}}],"model":"{{{Alias}}}"}""");
        var answer = await server.PostAsync("/v1/chat/completions", """{"model":"tinytools","messages":[{"role":"user","content":"x"}],"logprobs":true}""");

        Assert.Equal("""{"choices":[{"message":{"role":"assistant","reasoning_content":"so","reasoning":"so","content":"a"}}],"model":"tinytools"}""", answer.Text);
    }

    [Fact]
    public async Task Earlier_thinking_comes_back_under_either_name()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { Version = "0.1.0", RewritesMessages = static _ => false });
        server.Engine.Answer = _ => ScriptedEngine.Json("{}");
        await server.PostAsync(
            "/v1/chat/completions",
            """{"messages":[{"role":"user","content":"x"},{"role":"assistant","reasoning":"so","content":"a"},{"role":"assistant","reasoning":"no","reasoning_content":"yes"}],"model":"tinytools"}""");

        Assert.Equal(
            """{"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"a","reasoning_content":"so"},{"role":"assistant","content":"","reasoning_content":"yes"}],"chat_template_kwargs":{"enable_thinking":true}}""",
            (await server.Engine.NextAsync()).Body);
    }

    [Theory]
    [InlineData("tiny", "\"reasoning_effort\":\"high\",\"messages\":[{\"role\":\"user\"}]", "application/json", "\"tiny\" does not support thinking")]
    [InlineData("tiny", "\"tools\":[{\"function\":{\"name\":\"f\"}}],\"messages\":[{\"role\":\"user\"}]", "application/json", "registry.ollama.ai/library/tiny:latest does not support tools")]
    [InlineData("tiny", "\"messages\":[]", "application/json; charset=utf-8", "[] is too short - 'messages'")]
    [InlineData("tiny", "\"reasoning_effort\":\"enormous\",\"messages\":[{\"role\":\"user\"}]", "application/json; charset=utf-8", "invalid reasoning value: 'enormous' (must be \"high\", \"medium\", \"low\", \"max\", or \"none\")")]
    public async Task A_refusal_says_by_its_content_type_whether_the_request_or_the_model_is_at_fault(string model, string fields, string contentType, string message)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.PostAsync("/v1/chat/completions", $$"""{"model":"{{model}}",{{fields}}}""");

        Assert.Equal((HttpStatusCode.BadRequest, contentType), (answer.Status, answer.ContentType));
        Assert.Contains(message.Replace("\"", "\\\"", StringComparison.Ordinal), answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","prompt":"" """)]
    [InlineData(""","prompt":null,"suffix":"" """)]
    public async Task A_completion_without_a_prompt_loads_the_model(string fields)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.PostAsync("/v1/completions", $$"""{"model":"tiny"{{fields}}}""");

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal(
            """{"id":"I","object":"text_completion","created":0,"model":"tiny","choices":[{"text":"","index":0,"finish_reason":"load"}],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}""",
            Same(answer.Text));
        Assert.Single(server.Runners.Runners);
        Assert.False(server.Engine.HasMore);
    }

    [Fact]
    public async Task A_streamed_completion_without_a_prompt_loads_the_model()
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.PostAsync("/v1/completions", """{"model":"tiny","stream":true}""");

        Assert.Equal("text/event-stream", answer.ContentType);
        Assert.Equal(Samples.Body("""{"id":"I","object":"text_completion","created":0,"model":"tiny","choices":[{"text":"","index":0,"finish_reason":"load"}]}""", "[DONE]"), Same(answer.Text));
    }

    [Fact]
    public async Task A_suffix_is_filled_up_to()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Completion("a"), Samples.Completion(@"\n)"), Samples.CompletionEnd);
        var answer = await server.PostAsync("/v1/completions", Insert.Replace("STREAM", "false", StringComparison.Ordinal));

        Assert.Equal(
            """{"id":"I","object":"text_completion","created":0,"model":"tinyfill","choices":[{"text":"a\n)","index":0,"finish_reason":"length"}],"usage":{"prompt_tokens":11,"completion_tokens":2,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":4}}}""",
            Same(answer.Text));
        var call = await server.Engine.NextAsync();
        Assert.Equal(("/infill", """{"input_prefix":"def f(","input_suffix":"return 1","stream":true,"n_predict":5,"temperature":0.5,"stop":["x"]}"""), (call.Path, call.Body));
    }

    [Fact]
    public async Task A_suffix_is_filled_up_to_in_a_stream()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Completion("a"), Samples.CompletionEnd);
        var answer = await server.PostAsync(
            "/v1/completions", Insert.Replace("STREAM", "true,\"stream_options\":{\"include_usage\":true}", StringComparison.Ordinal));

        const string Head = """{"id":"I","object":"text_completion","created":0,"model":"tinyfill","choices":[""";
        Assert.Equal(
            Samples.Body(
                Head + """{"text":"a","index":0,"finish_reason":null}]}""",
                Head + """{"text":"","index":0,"finish_reason":"length"}]}""",
                Head + """],"usage":{"prompt_tokens":11,"completion_tokens":2,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":4}}}""",
                "[DONE]"),
            Same(answer.Text));
    }

    [Fact]
    public async Task A_suffix_is_refused_by_a_model_that_cannot_insert()
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.PostAsync("/v1/completions", """{"model":"tiny","prompt":"a","suffix":"b"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "application/json"), (answer.Status, answer.ContentType));
        Assert.Contains("tiny:latest does not support insert", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "\"reasoning_effort\":\"high\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]")]
    [InlineData("/v1/responses", "\"reasoning\":{\"effort\":\"high\"},\"input\":\"x\"")]
    [InlineData("/api/chat", "\"think\":true,\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]")]
    [InlineData("/api/generate", "\"think\":\"high\",\"stream\":false,\"prompt\":\"x\"")]
    public async Task Thinking_that_a_model_cannot_do_is_refused_or_passed_over_as_configured(string path, string fields)
    {
        foreach (var isLenient in (bool[])[false, true])
        {
            await using var server = await TestServer.StartAsync(new ServerOptions { Version = "0.1.0", LenientThinking = isLenient });
            server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Content("a"), Samples.Finish, Samples.Usage, "[DONE]");
            var answer = await server.PostAsync(path, $$"""{"model":"tiny",{{fields}}}""");

            Assert.Equal(isLenient ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.Status);
        }
    }

    [Theory]
    [InlineData("/api/chat", "\"messages\":[{\"content\":\"x\"}]", -2, 1)]
    [InlineData("/api/generate", "\"prompt\":\"x\"", -3, 1)]
    [InlineData("/api/generate", "\"prompt\":\"x\"", -1, 0)]
    public async Task A_limit_that_Ollama_once_took_for_the_whole_context_is_warned_of(string path, string fields, int limit, int warnings)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Content("a"), Samples.Finish, "[DONE]");
        await server.PostAsync(path, $$$"""{"model":"tiny","stream":false,"options":{"num_predict":{{{limit}}}},{{{fields}}}}""");

        Assert.Equal(
            Enumerable.Repeat($"num_predict {limit} for tiny:latest is treated as -1 (no limit)", warnings),
            server.Warnings.All);
    }

    [Fact]
    public async Task Events_are_counted_where_the_engine_tells_no_counts()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Role, Samples.Content("a"), Samples.Content("b"), Samples.Finish, "[DONE]");
        await server.PostAsync("/v1/chat/completions", """{"model":"tiny","stream":true,"messages":[{"role":"user","content":"x"}]}""");
        Assert.Equal(2, (await server.NextEndedAsync()).Notes.GeneratedTokens);

        var whole = await server.PostAsync("/api/chat", """{"model":"tiny","stream":false,"messages":[{"role":"user","content":"x"}]}""");
        Assert.Contains("\"eval_count\":2", whole.Text, StringComparison.Ordinal);
        Assert.Equal(2, (await server.NextEndedAsync()).Notes.GeneratedTokens);
    }

    private static string Same(string text) => CreatedPattern().Replace(IdPattern().Replace(text, "\"id\":\"I\""), "\"created\":0");

    [GeneratedRegex("\"id\":\"cmpl-[A-Za-z0-9]{32}\"")]
    private static partial Regex IdPattern();

    [GeneratedRegex("\"created\":[0-9]+")]
    private static partial Regex CreatedPattern();
}

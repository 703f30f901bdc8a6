using System.Net;
using System.Text.RegularExpressions;
using GGLib.Server;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary><c>/v1/messages</c> over the whole server; the exact events are tested with the writer.</summary>
public sealed partial class MessagesEndpointTests
{
    private const string Hi = "\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    [Fact]
    public async Task A_stream_is_written_from_the_engines_chat_and_counted()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events("""{"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"prompt_progress":{"total":16,"cache":6,"processed":16,"time_ms":5}}""", Samples.Content("a"), Samples.Finish, """{"choices":[],"usage":{"prompt_tokens":16,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":6}}}""", "[DONE]");
        var answer = await server.PostAsync("/v1/messages", $$"""{"model":"tiny","stream":true,{{Hi}}}""");

        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.Status, answer.ContentType));
        Assert.Contains("\"usage\":{\"input_tokens\":10,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":6", answer.Text, StringComparison.Ordinal);
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", answer.Text, StringComparison.Ordinal);
        var notes = (await server.NextEndedAsync()).Notes;
        Assert.Equal((16L, 7L), (notes.PromptTokens, notes.GeneratedTokens));
    }

    [Theory]
    [InlineData("""{"model":"tinytools","max_tokens":5,"system":[{"type":"text","text":"x-anthropic-billing-header: cch=1;"},{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"tools":[{"name":"t","input_schema":{"type":"object","properties":{"url":{"type":"string"}},"additionalProperties":false}}],"messages":[{"role":"user","content":"\u00e9"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":""},{"type":"tool_use","id":"1","name":"t","input":{"url":"http://a"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"x"}]}]}]}""", """{"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"system","content":"s"},{"role":"user","content":"é"},{"role":"assistant","content":"","reasoning_content":"t","tool_calls":[{"id":"1","type":"function","function":{"name":"t","arguments":"{\"url\":\"http://a\"}"}}]},{"role":"tool","content":"x","name":"t","tool_call_id":"1"}],"tools":[{"type":"function","function":{"name":"t","parameters":{"type":"object","properties":{"url":{"type":"string"}},"additionalProperties":false}}}],"chat_template_kwargs":{"enable_thinking":false},"n_predict":5}""")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]}],"max_tokens":5,"model":"tinysee","stop_sequences":["E"]}""", """{"stream":true,"stream_options":{"include_usage":true},"verbose":true,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}],"n_predict":5,"stop":["E"]}""")]
    public async Task The_engine_gets_a_chat(string body, string sent)
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { Version = "0.1.0", RewritesMessages = static _ => false });
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Content("a"), Samples.Finish, "[DONE]");
        var answer = await server.PostAsync("/v1/messages", body);

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.Status, answer.ContentType));
        var call = await server.Engine.NextAsync();
        Assert.Equal(("/v1/chat/completions", sent), (call.Path, call.Body));
    }

    [Fact]
    public async Task Tokens_are_counted_by_the_engine()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("""{"input_tokens":42}""");

        Assert.Equal("""{"input_tokens":42}""", (await server.PostAsync("/v1/messages/count_tokens", """{"model":"tiny","messages":[{"role":"user","content":"x"}]}""")).Text);
        Assert.Equal("/v1/chat/completions/input_tokens", (await server.Engine.NextAsync()).Path);
    }

    [Theory]
    [InlineData("\"thinking\":{\"type\":\"disabled\"}", "\"chat_template_kwargs\":{\"enable_thinking\":false},")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":9}", "\"chat_template_kwargs\":{\"enable_thinking\":true},\"reasoning_budget_tokens\":9,")]
    [InlineData("\"thinking\":{\"type\":\"adaptive\"}", "\"chat_template_kwargs\":{\"enable_thinking\":true},")]
    [InlineData("\"thinking\":{\"type\":\"adaptive\"},\"output_config\":{\"effort\":\"low\"}", "\"chat_template_kwargs\":{\"enable_thinking\":true,\"reasoning_effort\":\"low\"},")]
    [InlineData("\"output_config\":{\"effort\":\"low\"}", "\"chat_template_kwargs\":{\"enable_thinking\":false},")]
    [InlineData("\"top_k\":1", "\"chat_template_kwargs\":{\"enable_thinking\":false},")]
    public async Task Thinking_is_sent_in_the_templates_form(string given, string sent)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Content("a"), Samples.Finish, "[DONE]");
        await server.PostAsync("/v1/messages", $$"""{"model":"tinytools",{{given}},{{Hi}}}""");

        Assert.Contains(sent, (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
        await server.PostAsync("/v1/messages", $$"""{"model":"tiny",{{given}},{{Hi}}}""");
        Assert.DoesNotContain("chat_template_kwargs", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "not_found_error", "model 'nope' not found", """{"model":"nope","max_tokens":4,"messages":[{"role":"user","content":"x"}]}""", "application/json")]
    [InlineData(400, "invalid_request_error", "max_tokens is required and must be positive", """{"model":"nope","messages":[{"role":"user","content":"x"}]}""", "application/json; charset=utf-8")]
    [InlineData(400, "invalid_request_error", "max_tokens is required and must be positive", """{"model":"tiny","max_tokens":0,"messages":[{"role":"user","content":"x"}]}""", "application/json; charset=utf-8")]
    [InlineData(400, "invalid_request_error", "messages is required", """{"model":"tiny","max_tokens":4,"messages":[]}""", "application/json; charset=utf-8")]
    [InlineData(400, "invalid_request_error", "each of 'messages' must be an object", """{"model":"tiny","max_tokens":4,"messages":[1]}""", "application/json; charset=utf-8")]
    [InlineData(400, "invalid_request_error", "model is required", """{"max_tokens":4,"messages":[{"role":"user","content":"x"}]}""", "application/json; charset=utf-8")]
    [InlineData(400, "invalid_request_error", "unexpected EOF", """{"model":""", "application/json; charset=utf-8")]
    [InlineData(400, "invalid_request_error", "\\\"tinyembed\\\" does not support chat", """{"model":"tinyembed","max_tokens":4,"messages":[{"role":"user","content":"x"}]}""", "application/json")]
    [InlineData(400, "invalid_request_error", "registry.ollama.ai/library/tiny:latest does not support tools", """{"model":"tiny","max_tokens":4,"tools":[{"name":"t"}],"messages":[{"role":"user","content":"x"}]}""", "application/json")]
    public async Task A_refusal_has_Anthropics_form(int status, string type, string message, string body, string contentType)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.PostAsync("/v1/messages", body);

        Assert.Equal(
            new TestServer.Answer((HttpStatusCode)status, contentType, $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"{{{message}}}"},"request_id":"R"}"""),
            answer with { Text = RequestPattern().Replace(answer.Text, "\"request_id\":\"R\"") });
    }

    [Theory]
    [InlineData("tinysee", """{"type":"image","source":{"type":"url","url":"http://127.0.0.1:9/x"}}""", "image URLs are not currently supported")]
    [InlineData("tinysee", """{"type":"tool_result","tool_use_id":"1","content":[{"type":"image","source":{"type":"url","url":"http://127.0.0.1:9/x"}}]}""", "image URLs are not currently supported")]
    [InlineData("tinysee", """{"type":"image_url","image_url":{"url":"http://127.0.0.1:9/x"}}""", "image_url")]
    [InlineData("tinysee", """{"type":"document","source":{"type":"url","url":"http://127.0.0.1:9/x"}}""", "file inputs are not currently supported")]
    [InlineData("tinysee", """{"type":"image","source":{"type":"base64","data":"UklGRgAAAABXRUJQ"}}""", "WebP images are not supported")]
    [InlineData("tiny", """{"type":"image","source":{"type":"base64","data":"iVBORw0KGgo="}}""", "does not support multimodal requests")]
    public async Task What_would_be_fetched_or_not_be_seen_is_refused(string model, string block, string reason)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var path in (string[])["/v1/messages", "/v1/messages/count_tokens"])
        {
            var answer = await server.PostAsync(path, $$"""{"model":"{{model}}","max_tokens":5,"messages":[{"role":"user","content":[{{block}}]}]}""");

            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Contains(reason, answer.Text, StringComparison.Ordinal);
        }

        Assert.False(server.Engine.HasMore);
    }

    [Theory]
    [InlineData(500, "server_error", "api_error")]
    [InlineData(503, "unavailable_error", "overloaded_error")]
    public async Task An_error_of_the_engine_has_Anthropics_form(int status, string type, string expected)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json($$$"""{"error":{"code":{{{status}}},"message":"no","type":"{{{type}}}"}}""", (HttpStatusCode)status);
        var answer = await server.PostAsync("/v1/messages", $$"""{"model":"tiny",{{Hi}}}""");

        Assert.Equal((HttpStatusCode)status, answer.Status);
        Assert.Equal($$$"""{"type":"error","error":{"type":"{{{expected}}}","message":"no"},"request_id":"R"}""", RequestPattern().Replace(answer.Text, "\"request_id\":\"R\""));
    }

    [Fact]
    public async Task A_stream_that_breaks_ends_with_an_error_event()
    {
        await using var server = await TestServer.StartAsync();
        using var upstream = new ScriptedStream();
        server.Engine.Answer = _ => ScriptedEngine.Stream(upstream);
        upstream.Send(Samples.Body(Samples.Content("a")) + "data: {\"cho");
        var asking = server.PostAsync("/v1/messages", $$"""{"model":"tiny","stream":true,{{Hi}}}""");
        await server.Engine.NextAsync();
        server.Runners.Runners.Single().Die("killed");
        upstream.Break();

        Assert.EndsWith(
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"an error was encountered while running the model: llama-server ended unexpectedly: killed\"},\"request_id\":\"R\"}\n\n",
            RequestPattern().Replace((await asking).Text, "\"request_id\":\"R\""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_response_has_a_request_id_which_an_error_repeats()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Content("a"), Samples.Finish, "[DONE]");
        using var answered = await server.SendAsync(server.Request("POST", "/v1/messages", $$"""{"model":"tiny",{{Hi}}}"""));
        Assert.StartsWith("req_", Assert.Single(answered.Headers.GetValues("request-id")), StringComparison.Ordinal);

        using var failed = await server.SendAsync(server.Request("POST", "/v1/messages", $$"""{"model":"nope",{{Hi}}}"""));
        Assert.Contains($"\"request_id\":\"{Assert.Single(failed.Headers.GetValues("request-id"))}\"", await failed.Content.ReadAsStringAsync(Limit.Token), StringComparison.Ordinal);
    }

    [GeneratedRegex("\"request_id\":\"req_[0-9a-f]{24}\"")]
    private static partial Regex RequestPattern();
}

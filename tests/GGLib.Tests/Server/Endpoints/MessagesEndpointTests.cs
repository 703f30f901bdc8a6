using System.Net;
using System.Text.RegularExpressions;
using GGLib.Tests.Engine.Processes;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Anthropic's Messages API, which the engine speaks itself.</summary>
public sealed partial class MessagesTests
{
    private const string Alias = "gglib-0123456789abcdef0123";
    private const string Hi = "\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    // As llama-server 0.7.0 writes them.
    private const string Start = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"chatcmpl-1\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"model\":\"gglib-0123456789abcdef0123\",\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"cache_read_input_tokens\":6,\"input_tokens\":10,\"output_tokens\":0}}}\n\n";
    private const string Delta = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n";
    private const string End = "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":7}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    [Fact]
    public async Task A_stream_passes_unchanged_but_for_the_models_name_and_is_counted()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Stream(ScriptedStream.Of(Start + Delta + End));
        var answer = await server.PostAsync("/v1/messages", $$"""{"model":"tiny","stream":true,{{Hi}}}""");

        Assert.Equal(new TestServer.Answer(HttpStatusCode.OK, "text/event-stream", (Start + Delta + End).Replace(Alias, "tiny", StringComparison.Ordinal)), answer);
        var notes = (await server.NextEndedAsync()).Notes;
        Assert.Equal((16L, 7L), (notes.PromptTokens, notes.GeneratedTokens));
    }

    [Theory]
    [InlineData("/v1/messages", """{"model":"tinytools","max_tokens":5,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"tools":[{"name":"t","input_schema":{}}],"messages":[{"role":"user","content":"\u00e9"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":""},{"type":"tool_use","id":"1","name":"t","input":{"url":"http://a"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"x"}]}]}]}""")]
    [InlineData("/v1/messages", """{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]}],"max_tokens":5,"model":"tinysee","thinking":{"type":"enabled","budget_tokens":1024}}""")]
    [InlineData("/v1/messages/count_tokens", """{"model":"tiny","messages":[{"role":"user","content":"x"}]}""")]
    public async Task A_request_passes_unchanged_but_for_the_models_name(string path, string body)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json($$"""{"model":"{{Alias}}"}""");
        var answer = await server.PostAsync(path, body);

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.Status, answer.ContentType));
        var call = await server.Engine.NextAsync();
        Assert.Equal((path, NamePattern().Replace(body, $"\"model\":\"{Alias}\"")), (call.Path, call.Body));
    }

    [Theory]
    [InlineData("\"thinking\":{\"type\":\"disabled\"}", "{\"enable_thinking\":false}")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":9}", "{\"enable_thinking\":true}")]
    [InlineData("\"thinking\":{\"type\":\"adaptive\"},\"output_config\":{\"effort\":\"xhigh\"}", "{\"reasoning_effort\":\"high\"}")]
    public async Task Thinking_is_said_in_the_templates_words(string given, string kwargs)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("{}");
        await server.PostAsync("/v1/messages", $$"""{"model":"tinytools",{{given}},{{Hi}}}""");

        Assert.Equal($$"""{"chat_template_kwargs":{{kwargs}},"model":"{{Alias}}",{{given}},{{Hi}}}""", (await server.Engine.NextAsync()).Body);
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
    [InlineData("tinysee", """{"type":"image","source":{"type":"base64","data":"iVBORw0KGgo=","url":"http://127.0.0.1:9/x"}}""", "image URLs are not currently supported")]
    [InlineData("tinysee", """{"type":"image","image_url":{"url":"http://127.0.0.1:9/x"}}""", "image URLs are not currently supported")]
    [InlineData("tinysee", """{"type":"tool_result","tool_use_id":"1","content":[{"type":"image","source":{"type":"url","url":"http://127.0.0.1:9/x"}}]}""", "image URLs are not currently supported")]
    [InlineData("tinysee", """{"type":"image_url","image_url":{"url":"http://127.0.0.1:9/x"}}""", "content blocks of type 'image_url' are not supported")]
    [InlineData("tinysee", """{"type":"document","source":{"type":"url","url":"http://127.0.0.1:9/x"}}""", "content blocks of type 'document' are not supported")]
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
    [InlineData(400, "exceed_context_size_error", "invalid_request_error")]
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
        upstream.Send(Delta + "event: content_block_delta\ndata: {\"type");
        var asking = server.PostAsync("/v1/messages", $$"""{"model":"tiny","stream":true,{{Hi}}}""");
        await server.Engine.NextAsync();
        server.Runners.Runners.Single().Die("killed");
        upstream.Break();

        Assert.Equal(
            Delta + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"an error was encountered while running the model: llama-server ended unexpectedly: killed\"},\"request_id\":\"R\"}\n\n",
            RequestPattern().Replace((await asking).Text, "\"request_id\":\"R\""));
    }

    [GeneratedRegex("\"model\":\"[a-z]+\"")]
    private static partial Regex NamePattern();

    [GeneratedRegex("\"request_id\":\"req_[0-9a-f]{24}\"")]
    private static partial Regex RequestPattern();
}

using System.Net;
using System.Text.Json;
using GGLib.Server;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary><c>/v1/responses</c> over the whole server; the exact events are tested with the writer.</summary>
public sealed class ResponsesEndpointTests
{
    [Fact]
    public async Task A_stream_is_written_from_the_engines_chat_and_counted()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { Version = "0.1.0", RewritesMessages = static _ => false });
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Role, Samples.Content("a"), Samples.Finish, Samples.Usage, "[DONE]");
        var answer = await server.PostAsync(
            "/v1/responses",
            """{"input":[{"role":"user","content":[{"type":"input_text","text":"x"}]},{"type":"function_call","call_id":"1","name":"t","arguments":"{}"},{"type":"function_call_output","call_id":"1","output":"y"}],"model":"tiny","stream":true}""");

        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.Status, answer.ContentType));
        Assert.Contains("event: response.output_text.delta\n", answer.Text, StringComparison.Ordinal);
        Assert.Contains("event: response.completed\n", answer.Text, StringComparison.Ordinal);
        var call = await server.Engine.NextAsync();
        Assert.Equal(
            ("/v1/chat/completions", """{"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"","tool_calls":[{"id":"1","type":"function","function":{"name":"t","arguments":"{}"}}]},{"role":"tool","content":"y","name":"t","tool_call_id":"1"}]}"""),
            (call.Path, call.Body));
        Assert.NotNull((await server.NextEndedAsync()).Notes.PromptTokens);
    }

    [Theory]
    [InlineData("nope", "\"input\":\"x\"", 404, "model 'nope' not found")]
    [InlineData("tiny", "\"x\":1", 400, "input")]
    [InlineData("tiny", "\"input\":5", 400, "input")]
    [InlineData("tinyembed", "\"input\":\"x\"", 400, "does not support chat")]
    [InlineData("tiny", "\"input\":\"x\",\"tools\":[{\"type\":\"function\",\"name\":\"f\"}]", 400, "does not support tools")]
    [InlineData("tiny", "\"input\":\"x\",\"reasoning\":{\"effort\":\"low\"}", 400, "does not support thinking")]
    [InlineData("tinysee", "\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":\"http://127.0.0.1:9/x\"}]}]", 400, "image URLs are not currently supported")]
    [InlineData("tinysee", "\"input\":[{\"type\":\"function_call_output\",\"call_id\":\"1\",\"output\":[{\"type\":\"input_image\",\"image_url\":\"http://127.0.0.1:9/x\"}]}]", 400, "image URLs are not currently supported")]
    [InlineData("tinysee", "\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_file\",\"file_url\":\"http://127.0.0.1:9/x\"}]}]", 400, "file inputs are not currently supported")]
    [InlineData("tiny", "\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":\"data:image/png;base64,iVBORw0KGgo=\"}]}]", 400, "does not support multimodal requests")]
    public async Task A_request_that_cannot_be_answered_is_an_error(string model, string fields, int status, string message)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var path in (string[])["/v1/responses", "/v1/responses/input_tokens"])
        {
            if (fields.StartsWith("\"x\"", StringComparison.Ordinal) && path.EndsWith("tokens", StringComparison.Ordinal))
            {
                continue;
            }

            var answer = await server.PostAsync(path, $$"""{"model":"{{model}}",{{fields}}}""");

            Assert.Equal((HttpStatusCode)status, answer.Status);
            Assert.StartsWith("{\"error\":{\"message\":\"", answer.Text, StringComparison.Ordinal);
            Assert.Contains(message, answer.Text, StringComparison.Ordinal);
        }

        Assert.False(server.Engine.HasMore);
    }

    [Fact]
    public async Task Input_tokens_are_counted_by_the_engine()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("""{"object":"response.input_tokens","input_tokens":42}""");

        Assert.Equal("""{"object":"response.input_tokens","input_tokens":42}""", (await server.PostAsync("/v1/responses/input_tokens", """{"model":"tiny","input":"x"}""")).Text);
        Assert.Equal("/v1/chat/completions/input_tokens", (await server.Engine.NextAsync()).Path);
        Assert.Equal("""{"object":"response.input_tokens","input_tokens":0}""", (await server.PostAsync("/v1/responses/input_tokens", """{"model":"tiny"}""")).Text);
    }

    [Fact]
    public async Task A_stream_that_breaks_ends_with_response_failed()
    {
        await using var server = await TestServer.StartAsync();
        using var upstream = new ScriptedStream();
        server.Engine.Answer = _ => ScriptedEngine.Stream(upstream);
        upstream.Send(Samples.Body(Samples.Content("a")));
        var asking = server.PostAsync("/v1/responses", """{"model":"tiny","stream":true,"input":"x"}""");
        await server.Engine.NextAsync();
        server.Runners.Runners.Single().Die("killed");
        upstream.Break();

        var last = (await asking).Text.TrimEnd('\n').Split("\n\n")[^1];
        Assert.StartsWith("event: response.failed\ndata: ", last, StringComparison.Ordinal);
        using var data = JsonDocument.Parse(last[last.IndexOf('{', StringComparison.Ordinal)..]);
        var response = data.RootElement.GetProperty("response");
        Assert.Equal("failed", response.GetProperty("status").GetString());
        Assert.Contains("killed", response.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}

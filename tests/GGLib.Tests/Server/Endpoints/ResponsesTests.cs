using System.Net;
using GGLib.Tests.Engine.Processes;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>OpenAI's Responses API, which the engine speaks itself.</summary>
public sealed class ResponsesTests
{
    private const string Alias = "gglib-0123456789abcdef0123";
    private const string Events = "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"a\"}\n\nevent: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"model\":\"gglib-0123456789abcdef0123\",\"usage\":{\"input_tokens\":16,\"output_tokens\":27,\"total_tokens\":43}}}\n\n";

    [Fact]
    public async Task A_stream_passes_unchanged_but_for_the_models_name_and_is_counted()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Stream(ScriptedStream.Of(Events));
        const string Body = """{"input":[{"role":"user","content":[{"type":"input_text","text":"x"}]},{"type":"function_call","name":"t","arguments":"{}"},{"type":"function_call_output","call_id":"1","output":"y"}],"model":"tiny","stream":true}""";
        var answer = await server.PostAsync("/v1/responses", Body);

        Assert.Equal(new TestServer.Answer(HttpStatusCode.OK, "text/event-stream", Events.Replace(Alias, "tiny", StringComparison.Ordinal)), answer);
        var call = await server.Engine.NextAsync();
        Assert.Equal(("/v1/responses", Body.Replace("tiny", Alias, StringComparison.Ordinal)), (call.Path, call.Body));
        var notes = (await server.NextEndedAsync()).Notes;
        Assert.Equal((16L, 27L), (notes.PromptTokens, notes.GeneratedTokens));
    }

    [Theory]
    [InlineData("nope", "\"input\":\"x\"", 404, "model 'nope' not found")]
    [InlineData("tiny", "\"x\":1", 400, "input must be a string or an array")]
    [InlineData("tiny", "\"input\":5", 400, "input must be a string or an array")]
    [InlineData("tinyembed", "\"input\":\"x\"", 400, "does not support chat")]
    [InlineData("tiny", "\"input\":\"x\",\"tools\":[{}]", 400, "does not support tools")]
    [InlineData("tiny", "\"input\":\"x\",\"reasoning\":{\"effort\":\"low\"}", 400, "does not support thinking")]
    [InlineData("tinysee", "\"input\":[{\"content\":[{\"type\":\"input_image\",\"image_url\":\"http://127.0.0.1:9/x\"}]}]", 400, "image URLs are not currently supported")]
    [InlineData("tinysee", "\"input\":[{\"content\":[{\"type\":\"input_text\",\"image_url\":\"http://127.0.0.1:9/x\"}]}]", 400, "image URLs are not currently supported")]
    [InlineData("tinysee", "\"input\":[{\"type\":\"function_call_output\",\"output\":[{\"type\":\"input_image\",\"image_url\":\"http://127.0.0.1:9/x\"}]}]", 400, "image URLs are not currently supported")]
    [InlineData("tinysee", "\"input\":[{\"content\":[{\"type\":\"input_image\",\"file_id\":\"x\"}]}]", 400, "image URLs are not currently supported")]
    [InlineData("tinysee", "\"input\":[{\"content\":[{\"type\":\"input_file\",\"file_url\":\"http://127.0.0.1:9/x\"}]}]", 400, "file inputs are not currently supported")]
    [InlineData("tinysee", "\"input\":[{\"content\":[{\"type\":\"video_url\",\"video_url\":{\"url\":\"http://127.0.0.1:9/x\"}}]}]", 400, "content parts of type 'video_url' are not supported")]
    [InlineData("tiny", "\"input\":[{\"content\":[{\"type\":\"input_image\",\"image_url\":\"data:image/png;base64,iVBORw0KGgo=\"}]}]", 400, "does not support multimodal requests")]
    public async Task What_cannot_be_or_would_be_fetched_is_refused(string model, string fields, int status, string message)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.PostAsync("/v1/responses", $$"""{"model":"{{model}}",{{fields}}}""");

        Assert.Equal((HttpStatusCode)status, answer.Status);
        Assert.StartsWith("{\"error\":{\"message\":\"", answer.Text, StringComparison.Ordinal);
        Assert.Contains(message, answer.Text, StringComparison.Ordinal);
        Assert.False(server.Engine.HasMore);
    }

    [Fact]
    public async Task An_image_passes_to_a_model_that_sees()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("{}");
        var answer = await server.PostAsync("/v1/responses", """{"model":"tinysee","input":[{"content":[{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}]}]}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }
}

using System.Net;

namespace GGLib.Acceptance.Compatibility;

/// <summary>A model that does not exist is reported in each API's own shape.</summary>
public sealed class UnknownModelTests(CompatibilityServer server)
{
    [Theory]
    [InlineData("/api/chat", """{"model":"nope","messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/api/generate", """{"model":"nope","prompt":"hi"}""")]
    [InlineData("/api/embed", """{"model":"nope","input":"hi"}""")]
    [InlineData("/api/embeddings", """{"model":"nope","prompt":"hi"}""")]
    [InlineData("/api/show", """{"model":"nope"}""")]
    public async Task Ollama_has_a_sentence(string path, string body)
    {
        var reply = await server.PostAsync(path, body);
        Assert.Equal(HttpStatusCode.NotFound, reply.Status);
        Assert.Contains("nope", reply.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"nope","messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"nope","stream":true,"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/v1/completions", """{"model":"nope","prompt":"hi"}""")]
    [InlineData("/v1/embeddings", """{"model":"nope","input":"hi"}""")]
    [InlineData("/v1/responses", """{"model":"nope","input":"hi"}""")]
    [InlineData("/v1/responses", """{"model":"nope","stream":true,"input":"hi"}""")]
    [InlineData("/v1/responses/input_tokens", """{"model":"nope","input":"hi"}""")]
    public async Task OpenAI_has_an_error_object(string path, string body)
    {
        var reply = await server.PostAsync(path, body);
        Assert.Equal(HttpStatusCode.NotFound, reply.Status);
        var error = reply.Json.GetProperty("error");
        Assert.Contains("nope", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("not_found_error", error.GetProperty("type").GetString());
        Assert.Equal("model_not_found", error.GetProperty("code").GetString());
        Assert.True(error.TryGetProperty("param", out _));
    }

    [Theory]
    [InlineData("/v1/messages", """{"model":"nope","max_tokens":4,"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/v1/messages", """{"model":"nope","max_tokens":4,"stream":true,"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/v1/messages/count_tokens", """{"model":"nope","messages":[{"role":"user","content":"hi"}]}""")]
    public async Task Anthropic_has_an_error_object_of_its_own(string path, string body)
    {
        var reply = await server.PostAsync(path, body);
        Assert.Equal(HttpStatusCode.NotFound, reply.Status);
        Assert.Equal("error", reply.Json.GetProperty("type").GetString());
        var error = reply.Json.GetProperty("error");
        Assert.Contains("nope", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("not_found_error", error.GetProperty("type").GetString());
        Assert.Equal(reply.Headers["request-id"], reply.Json.GetProperty("request_id").GetString());
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"demo-embed","messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/v1/responses", """{"model":"demo-embed","input":"hi"}""")]
    [InlineData("/v1/messages", """{"model":"demo-embed","max_tokens":4,"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/api/chat", """{"model":"demo-embed","messages":[{"role":"user","content":"hi"}]}""")]
    public async Task A_model_that_cannot_chat_is_an_error(string path, string body)
    {
        var reply = await server.PostAsync(path, body);
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Contains("does not support chat", reply.Text, StringComparison.Ordinal);
    }
}

using System.Text;
using GGLib.Server.Dialects.Anthropic;
using GGLib.Server.Failures;

namespace GGLib.Tests.Server.Dialects.Anthropic;

/// <summary>Anthropic's error objects.</summary>
public sealed class AnthropicErrorsTests
{
    private static readonly Dictionary<string, InferenceFailure> Failures = new()
    {
        ["invalid"] = new InferenceFailure.InvalidRequest("m", "p"),
        ["body"] = new InferenceFailure.BodyTooLarge("m"),
        ["option"] = new InferenceFailure.InvalidOption("m"),
        ["model"] = new InferenceFailure.ModelNotFound("x"),
        ["unsupported"] = new InferenceFailure.Unsupported("m"),
        ["template"] = new InferenceFailure.TemplateRejected("m"),
        ["schema"] = new InferenceFailure.SchemaRejected("m"),
        ["rejected"] = new InferenceFailure.EngineRejected("m", 422, null),
        ["rejected type"] = new InferenceFailure.EngineRejected("m", 404, "invalid_request_error"),
        ["queue"] = new InferenceFailure.QueueFull("m"),
        ["loop"] = new InferenceFailure.CrashLoop("m", TimeSpan.FromSeconds(1)),
        ["stopping"] = new InferenceFailure.ShuttingDown("m"),
        ["load"] = new InferenceFailure.LoadFailed("m"),
        ["memory"] = new InferenceFailure.OutOfMemory("m"),
        ["lost"] = new InferenceFailure.ConnectionLost("m"),
        ["crash"] = new InferenceFailure.Crashed("m"),
        ["interrupted"] = new InferenceFailure.Interrupted("m"),
        ["engine"] = new InferenceFailure.EngineFailed("m"),
        ["engine 503"] = new InferenceFailure.EngineFailed("m", 503),
    };

    [Theory]
    [InlineData("invalid", 400, "invalid_request_error", "m")]
    [InlineData("body", 413, "request_too_large", "m")]
    [InlineData("option", 400, "invalid_request_error", "m")]
    [InlineData("model", 404, "not_found_error", "model 'x' not found")]
    [InlineData("unsupported", 400, "invalid_request_error", "m")]
    [InlineData("template", 400, "invalid_request_error", "m")]
    [InlineData("schema", 400, "invalid_request_error", "m")]
    [InlineData("rejected", 422, "invalid_request_error", "m")]
    [InlineData("rejected type", 404, "invalid_request_error", "m")]
    [InlineData("queue", 529, "overloaded_error", "m")]
    [InlineData("loop", 503, "overloaded_error", "m")]
    [InlineData("stopping", 503, "overloaded_error", "m")]
    [InlineData("load", 500, "api_error", "m")]
    [InlineData("memory", 500, "api_error", "m")]
    [InlineData("lost", 500, "api_error", "m")]
    [InlineData("crash", 500, "api_error", "m")]
    [InlineData("interrupted", 503, "overloaded_error", "m")]
    [InlineData("engine", 500, "api_error", "m")]
    [InlineData("engine 503", 503, "overloaded_error", "m")]
    public void A_failure_has_its_status_and_type(string failure, int status, string type, string message)
    {
        var error = AnthropicErrors.Of(Failures[failure], "req_1");

        Assert.Equal(
            (status, $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"{{{message}}}"},"request_id":"req_1"}""", "req_1"),
            (error.Status, Encoding.UTF8.GetString(error.Body), error.RequestId));
        Assert.Equal(failure is "invalid" or "body" ? "application/json; charset=utf-8" : "application/json", error.ContentType);
    }

    [Theory]
    [InlineData(401, "authentication_error")]
    [InlineData(403, "permission_error")]
    [InlineData(404, "not_found_error")]
    [InlineData(429, "rate_limit_error")]
    [InlineData(500, "api_error")]
    public void A_status_has_its_type(int status, string type) =>
        Assert.Contains($$"""{"type":"{{type}}","message":"m"}""", Encoding.UTF8.GetString(AnthropicErrors.Of(status, "m").Body), StringComparison.Ordinal);

    [Theory]
    [InlineData(5000L, 4096L, "prompt is too long: 5000 tokens > 4096 maximum (the request exceeds the context)")]
    [InlineData(null, null, "prompt is too long (the request exceeds the context)")]
    [InlineData(null, 4096L, "prompt is too long (the request exceeds the context)")]
    public void A_prompt_that_is_too_long_has_the_words_that_clients_look_for(long? tokens, long? limit, string message) =>
        Assert.Equal(
            $$$"""{"type":"error","error":{"type":"invalid_request_error","message":"{{{message}}}"},"request_id":"req_1"}""",
            Encoding.UTF8.GetString(AnthropicErrors.Compose(new InferenceFailure.ContextExceeded("the request exceeds the context", tokens, limit), "req_1")));

    [Fact]
    public void A_code_is_in_the_details() =>
        Assert.Equal(
            """{"type":"error","error":{"type":"invalid_request_error","message":"m","details":{"error_code":"thread_unsupported_request"}},"request_id":"req_1"}""",
            Encoding.UTF8.GetString(AnthropicErrors.Of(new InferenceFailure.InvalidRequest("m", "thread", "thread_unsupported_request"), "req_1").Body));

    [Fact]
    public void An_error_without_a_request_gets_an_id_of_its_own()
    {
        var error = AnthropicErrors.Of(Failures["crash"]);

        Assert.Matches("^req_[0-9a-f]{24}$", error.RequestId);
        Assert.EndsWith($"\"request_id\":\"{error.RequestId}\"}}", Encoding.UTF8.GetString(error.Body), StringComparison.Ordinal);
    }
}

using System.Globalization;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Pipeline;

namespace GGLib.Server.Dialects.Anthropic;

/// <summary>
/// Maps failures to Anthropic's error object: <c>{"type":"error","error":{"type","message","details"},"request_id"}</c>. The only place where this API's statuses and types are decided.
/// </summary>
internal static class AnthropicErrors
{
    private const string Json = "application/json";

    // Ollama's content type for errors that are found before the model is looked up; every API of the server uses it.
    private const string JsonUtf8 = "application/json; charset=utf-8";

    /// <summary>The error of a response that has not started.</summary>
    public static DialectError Of(InferenceFailure failure) => Of(failure, AnthropicRequestId.New());

    /// <summary>The error of a response that has not started.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="requestId">The value of the response header <c>request-id</c>.</param>
    public static DialectError Of(InferenceFailure failure, string requestId) => new(StatusOf(failure), Compose(failure, requestId))
    {
        ContentType = failure is InferenceFailure.InvalidRequest or InferenceFailure.BodyTooLarge ? JsonUtf8 : Json,
        RequestId = requestId,
    };

    /// <summary>An error that is not the result of a request for generated text, for example an unknown route or a wrong API key.</summary>
    public static DialectError Of(int status, string message)
    {
        var requestId = AnthropicRequestId.New();
        return new(status, Compose(TypeOf(status), message, errorCode: null, requestId)) { RequestId = requestId };
    }

    /// <summary>The error object, as a body or as the data of an <c>error</c> event.</summary>
    public static byte[] Compose(InferenceFailure failure, string requestId) =>
        Compose(TypeOf(failure), MessageOf(failure), failure is InferenceFailure.InvalidRequest { Code: var code } ? code : null, requestId);

    /// <summary>The HTTP status of a failure. SDKs retry 408, 409, 429 and everything from 500 on.</summary>
    public static int StatusOf(InferenceFailure failure) => failure switch
    {
        InferenceFailure.BodyTooLarge => 413,
        InferenceFailure.UnsupportedEncoding => 415,
        InferenceFailure.ModelNotFound or InferenceFailure.NotFound => 404,
        InferenceFailure.InvalidRequest or InferenceFailure.InvalidOption or InferenceFailure.Unsupported or InferenceFailure.ContextExceeded
            or InferenceFailure.TemplateRejected or InferenceFailure.SchemaRejected => 400,
        InferenceFailure.EngineRejected { Status: var status } => status,
        InferenceFailure.QueueFull => 529,
        InferenceFailure.ShuttingDown or InferenceFailure.CrashLoop or InferenceFailure.Interrupted => 503,
        InferenceFailure.EngineFailed { Status: var status } => status,
        _ => 500,
    };

    private static string TypeOf(InferenceFailure failure) => failure switch
    {
        InferenceFailure.EngineRejected { Type: "invalid_request_error" } => "invalid_request_error",
        _ => TypeOf(StatusOf(failure)),
    };

    private static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 or 529 => "overloaded_error",
        504 => "timeout_error",
        >= 400 and < 500 => "invalid_request_error",
        _ => "api_error",
    };

    // Claude Code compacts the conversation when it finds these words, and reads both numbers.
    private static string MessageOf(InferenceFailure failure) => failure switch
    {
        InferenceFailure.ContextExceeded { Tokens: { } tokens, Limit: { } limit } =>
            string.Create(CultureInfo.InvariantCulture, $"prompt is too long: {tokens} tokens > {limit} maximum ({failure.Message})"),
        InferenceFailure.ContextExceeded => $"prompt is too long ({failure.Message})",
        _ => failure.Message,
    };

    private static byte[] Compose(string type, string message, string? errorCode, string requestId) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "error"u8);
        writer.WriteStartObject("error"u8);
        writer.WriteString("type"u8, type);
        writer.WriteString("message"u8, message);
        if (errorCode is not null)
        {
            writer.WriteStartObject("details"u8);
            writer.WriteString("error_code"u8, errorCode);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteString("request_id"u8, requestId);
        writer.WriteEndObject();
    });
}

using System.Globalization;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Pipeline;
using GGLib.Server.Replies;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Maps failures to OpenAI's error object: <c>{"error":{"message","type","param","code"}}</c>. The only place where this API's statuses and codes are decided.</summary>
internal static class OpenAIErrors
{
    // As Ollama's server marks errors that precede the look at the model.
    private const string JsonUtf8 = "application/json; charset=utf-8";

    /// <summary>The error of a response that has not started.</summary>
    public static DialectError Of(InferenceFailure failure)
    {
        var status = StatusOf(failure);
        return new(status, Compose(failure.Message, TypeOf(failure, status), ParameterOf(failure), CodeOf(failure)))
        {
            ContentType = failure is InferenceFailure.InvalidRequest or InferenceFailure.BodyTooLarge ? JsonUtf8 : "application/json",
        };
    }

    /// <summary>Writes a failure as a response that has not started.</summary>
    public static Task WriteAsync(HttpContext context, InferenceFailure failure)
    {
        context.Notes().Error = failure.Message;
        context.Response.Headers.RetryAfter = failure.RetryAfterSeconds?.ToString(CultureInfo.InvariantCulture);
        var error = Of(failure);
        return JsonReply.WriteAsync(context, error.Body, error.Status, error.ContentType);
    }

    /// <summary>
    /// Answers a path that does not exist: 404, or 405 if the response has the header <c>Allow</c>, because the path exists with other methods. A WebSocket handshake at such a path is a 426:
    /// Codex then uses HTTP at once, but repeats the handshake after any other status.
    /// </summary>
    public static Task WriteUnknownAsync(HttpContext context)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value);
        if (context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase) && context.Response.Headers.Allow.Count > 0)
        {
            const string NoWebSocket = "WebSocket is not supported; use HTTP";
            context.Notes().Error = NoWebSocket;
            context.Response.Headers.Upgrade = "HTTP/1.1";
            return JsonReply.WriteAsync(context, Compose(NoWebSocket, "invalid_request_error", null, "websocket_not_supported"), StatusCodes.Status426UpgradeRequired, "application/json");
        }

        var allowed = context.Response.Headers.Allow.ToString();
        var message = allowed.Length > 0 ? $"{method} is not supported for {path}; allowed: {allowed}" : $"Unknown request URL: {method} {path}";
        context.Notes().Error = message;
        return JsonReply.WriteAsync(
            context,
            Compose(message, "invalid_request_error", null, allowed.Length > 0 ? "method_not_supported" : "unknown_url"),
            allowed.Length > 0 ? StatusCodes.Status405MethodNotAllowed : StatusCodes.Status404NotFound,
            "application/json");
    }

    /// <summary>OpenAI's machine-readable code for a failure; null when it defines none.</summary>
    public static string? CodeOf(InferenceFailure failure) => failure switch
    {
        InferenceFailure.InvalidRequest { Code: var code } => code,
        InferenceFailure.ContextExceeded => "context_length_exceeded",
        InferenceFailure.QueueFull => "rate_limit_exceeded",
        InferenceFailure.ModelNotFound => "model_not_found",
        _ => null,
    };

    /// <summary>The HTTP status of a failure.</summary>
    public static int StatusOf(InferenceFailure failure) => failure switch
    {
        InferenceFailure.BodyTooLarge => 413,
        InferenceFailure.UnsupportedEncoding => 415,
        InferenceFailure.ModelNotFound or InferenceFailure.NotFound => 404,
        InferenceFailure.InvalidRequest or InferenceFailure.InvalidOption or InferenceFailure.Unsupported or InferenceFailure.ContextExceeded
            or InferenceFailure.TemplateRejected or InferenceFailure.SchemaRejected => 400,
        InferenceFailure.EngineRejected { Status: var status } => status,
        InferenceFailure.QueueFull or InferenceFailure.ShuttingDown or InferenceFailure.CrashLoop or InferenceFailure.Interrupted => 503,
        InferenceFailure.EngineFailed { Status: var status } => status,
        _ => 500,
    };

    private static string TypeOf(InferenceFailure failure, int status) => failure switch
    {
        InferenceFailure.EngineRejected { Type: "invalid_request_error" } or InferenceFailure.NotFound => "invalid_request_error",
        _ => status switch { 404 => "not_found_error", >= 400 and < 500 => "invalid_request_error", _ => "api_error" },
    };

    private static string? ParameterOf(InferenceFailure failure) => failure switch
    {
        InferenceFailure.InvalidRequest { Parameter: var parameter } => parameter,
        InferenceFailure.NotFound { Parameter: var parameter } => parameter,
        _ => null,
    };

    private static byte[] Compose(string message, string type, string? parameter, string? code) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, message);
        writer.WriteString("type"u8, type);
        writer.WriteString("param"u8, parameter);
        writer.WriteString("code"u8, code);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });
}

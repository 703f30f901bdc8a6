using System.Text.Json;
using GGLib.Engine.Scheduling;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.Json;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Writes whole answers and errors in OpenAI's form.</summary>
internal static class OpenAIReply
{
    /// <summary>The content type of answers, and of errors that arise once the request was understood.</summary>
    public const string Json = "application/json";

    public static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write) => OllamaReply.WriteAsync(context, write, contentType: Json);

    /// <summary>Writes one object that is composed already.</summary>
    public static Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json) => OllamaReply.WriteAsync(context, json, contentType: Json);

    public static Task WriteErrorAsync(HttpContext context, int status, string message, string? type = null) => WriteErrorAsync(context, status, message, type, Json);

    /// <summary>Refuses a request that cannot be understood; the content type is that of Ollama's own answers then.</summary>
    public static Task WriteRefusalAsync(HttpContext context, int status, string message) => WriteErrorAsync(context, status, message, null, OllamaReply.Json);

    public static Task WriteErrorAsync(HttpContext context, EngineFailure failure)
    {
        context.Response.Headers.RetryAfter = OllamaReply.RetryAfter(failure);

        return WriteErrorAsync(context, OllamaReply.StatusOf(failure), failure.Message);
    }

    private static Task WriteErrorAsync(HttpContext context, int status, string message, string? type, string contentType)
    {
        context.Notes().Error = message;
        return OllamaReply.WriteAsync(context, ComposeError(status, message, type), status, contentType);
    }

    /// <summary>The error object. Its type follows the status unless the engine named one.</summary>
    public static byte[] ComposeError(int status, string message, string? type) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, message);
        writer.WriteString("type"u8, type ?? status switch { 400 or 413 => "invalid_request_error", 404 => "not_found_error", _ => "api_error" });
        writer.WriteNull("param"u8);
        writer.WriteNull("code"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });
}

using System.Security.Cryptography;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.Dialects.OpenAI;
using GGLib.Server.Json;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Anthropic;

/// <summary>Errors in Anthropic's form.</summary>
internal static class AnthropicReply
{
    public static Task WriteErrorAsync(HttpContext context, int status, string message)
    {
        context.Notes().Error = message;
        return OllamaReply.WriteAsync(context, ComposeError(status, message), status, OpenAIReply.Json);
    }

    /// <summary>The error object; its type follows the status.</summary>
    public static byte[] ComposeError(int status, string message) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "error"u8);
        writer.WriteStartObject("error"u8);
        writer.WriteString("type"u8, TypeOf(status));
        writer.WriteString("message"u8, message);
        writer.WriteEndObject();
        writer.WriteString("request_id"u8, $"req_{RandomNumberGenerator.GetHexString(24, lowercase: true)}");
        writer.WriteEndObject();
    });

    private static string TypeOf(int status) => status switch
    {
        400 => "invalid_request_error",
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 or 529 => "overloaded_error",
        _ => "api_error",
    };
}

using System.Globalization;
using System.Text.Json;
using GGLib.Engine.Scheduling;
using GGLib.Server.Json;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Writes whole answers of Ollama's API, and its errors: the one place where a named failure becomes this dialect's status and text.</summary>
internal static class OllamaReply
{
    public const string Json = "application/json; charset=utf-8";

    // What the real server sends for an error that arises once it has begun to stream.
    public const string JsonOfStream = "application/json";

    public const string Ndjson = "application/x-ndjson";

    /// <summary>Writes one object.</summary>
    public static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK, string contentType = Json) =>
        WriteAsync(context, WireJson.Compose(write), status, contentType);

    /// <summary>Writes one object that is composed already.</summary>
    public static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json, int status = StatusCodes.Status200OK, string contentType = Json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = json.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(json, context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Writes an error.</summary>
    public static Task WriteErrorAsync(HttpContext context, OllamaError error, string contentType = Json)
    {
        context.Notes().Error = error.Message;
        return WriteAsync(
            context,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("error"u8, error.Message);
                writer.WriteEndObject();
            },
            error.Status,
            contentType);
    }

    /// <summary>Writes why no runner was to be had.</summary>
    public static Task WriteErrorAsync(HttpContext context, EngineFailure failure, string contentType = Json)
    {
        context.Response.Headers.RetryAfter = RetryAfter(failure);

        return WriteErrorAsync(context, new OllamaError(StatusOf(failure), failure.Message), contentType);
    }

    /// <summary>In how many seconds it is worth trying again; null when nobody can tell.</summary>
    public static string? RetryAfter(EngineFailure failure) => failure switch
    {
        EngineFailure.QueueFull => "1",
        EngineFailure.CrashLoop { RetryAfter: var wait } => Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>The status that goes with a failure.</summary>
    public static int StatusOf(EngineFailure failure) => failure switch
    {
        EngineFailure.QueueFull or EngineFailure.ShuttingDown or EngineFailure.CrashLoop => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };
}

using System.Globalization;
using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Replies;
using GGLib.Server.Requests;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Reads bodies and writes whole responses of Ollama's API.</summary>
internal static class OllamaReply
{
    public const string Json = "application/json; charset=utf-8";

    public const string Ndjson = "application/x-ndjson";

    /// <summary>Writes one object.</summary>
    public static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK, string contentType = Json) =>
        JsonReply.WriteAsync(context, write, status, contentType);

    /// <summary>Writes an error.</summary>
    public static Task WriteErrorAsync(HttpContext context, OllamaError error, string contentType = Json)
    {
        context.Notes().Error = error.Message;
        return JsonReply.WriteAsync(context, OllamaErrors.Compose(error.Message), error.Status, contentType);
    }

    /// <summary>Writes a failure.</summary>
    public static Task WriteErrorAsync(HttpContext context, InferenceFailure failure)
    {
        context.Response.Headers.RetryAfter = failure.RetryAfterSeconds?.ToString(CultureInfo.InvariantCulture);
        return WriteErrorAsync(context, new OllamaError(OllamaErrors.StatusOf(failure), OllamaErrors.MessageOf(failure)));
    }

    /// <summary>Reads a request's body.</summary>
    /// <returns>The body; null when it is unusable and the error was written.</returns>
    public static async Task<RequestBody?> ReadBodyAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        if (body.Failure is not { } failure)
        {
            return body;
        }

        body.Dispose();
        await WriteErrorAsync(context, failure).ConfigureAwait(false);
        return null;
    }
}

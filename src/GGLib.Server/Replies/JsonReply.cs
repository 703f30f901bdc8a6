using System.Text.Json;
using GGLib.Server.Json;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Replies;

/// <summary>Writes a JSON value as a whole response.</summary>
internal static class JsonReply
{
    /// <summary>Writes the value that <paramref name="write"/> writes.</summary>
    public static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK, string contentType = "application/json") =>
        WriteAsync(context, WireJson.Compose(write), status, contentType);

    /// <summary>Writes a value that is composed already.</summary>
    public static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json, int status, string contentType)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = json.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(json, context.RequestAborted).ConfigureAwait(false);
        }
    }
}

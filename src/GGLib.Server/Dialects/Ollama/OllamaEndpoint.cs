using GGLib.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Reads the body of a native request.</summary>
internal static class OllamaEndpoint
{
    /// <summary>The body; null when it was refused and the answer is written.</summary>
    public static async Task<RequestBody?> ReadBodyAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        if (body.Error is not { } error)
        {
            return body;
        }

        body.Dispose();
        await OllamaReply.WriteErrorAsync(context, new OllamaError(body.Status, error is "EOF" ? "missing request body" : error)).ConfigureAwait(false);
        return null;
    }
}

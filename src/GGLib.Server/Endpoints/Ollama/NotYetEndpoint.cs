using GGLib.Server.Endpoints.Ollama.Requests;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Endpoints.Ollama;

/// <summary>Routes of Ollama's API that this version does not serve: said plainly, so that no client takes them for done.</summary>
internal static class NotYetEndpoint
{
    public static Task HandleAsync(HttpContext context) =>
        OllamaReply.WriteErrorAsync(context, new OllamaError(
            StatusCodes.Status501NotImplemented,
            $"{context.Request.Method} {context.Request.Path} is not implemented yet: add model files with 'gglib add PATH'"));
}

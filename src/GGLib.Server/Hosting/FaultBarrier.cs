using GGLib.Server.Dialects.Anthropic;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.Dialects.OpenAI;
using GGLib.Server.Failures;
using GGLib.Server.Replies;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GGLib.Server.Hosting;

/// <summary>Catches unhandled exceptions: logs them, and returns one sentence in the error form of the request's API.</summary>
internal sealed class FaultBarrier(RequestDelegate next, ILogger<FaultBarrier> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested || exception is BadHttpRequestException)
        {
            log.LogDebug(exception, "The client of {Path} disconnected", context.Request.Path);
        }
#pragma warning disable CA1031 // The last place where anything can be caught.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.LogError(exception, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
            context.Notes().Error = exception.Message;
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
            const string Sentence = "internal error: see gglib's log";
            var failure = new InferenceFailure.EngineFailed(Sentence);
            var error = context.Request.Path.StartsWithSegments("/v1/messages", StringComparison.Ordinal) ? AnthropicErrors.Of(failure)
                : context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal) ? OpenAIErrors.Of(failure)
                : OllamaErrors.Of(failure);
            await JsonReply.WriteAsync(context, error.Body, error.Status, error.ContentType).ConfigureAwait(false);
        }
    }
}

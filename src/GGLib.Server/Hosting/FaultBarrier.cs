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
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested)
        {
            log.LogDebug(exception, "The client of {Path} disconnected", context.Request.Path);
        }
        catch (BadHttpRequestException exception)
        {
            await FailAsync(context, new InferenceFailure.InvalidRequest(exception.Message), exception.StatusCode).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The last place where anything can be caught.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.LogError(exception, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
            context.Notes().Error = exception.Message;
            await FailAsync(context, new InferenceFailure.EngineFailed("internal error: see gglib's log"), status: null).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the failure, or cuts the response off if it has started.</summary>
    /// <param name="context">The request.</param>
    /// <param name="failure">The failure.</param>
    /// <param name="status">The status; null for that of the failure.</param>
    private static async Task FailAsync(HttpContext context, InferenceFailure failure, int? status)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        var error = context.Request.Path.StartsWithSegments("/v1/messages", StringComparison.Ordinal) ? AnthropicErrors.Of(failure)
            : context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal) ? OpenAIErrors.Of(failure)
            : OllamaErrors.Of(failure);
        await JsonReply.WriteAsync(context, error.Body, status ?? error.Status, error.ContentType).ConfigureAwait(false);
    }
}

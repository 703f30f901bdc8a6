using System.Text;
using GGLib.Server.Dialects.OpenAI;
using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Json;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.LlamaServer;

/// <summary>
/// llama-server's own endpoints for clients that were written for it, routed to the model that the request names: the model is loaded and leased as on every other route. The engine's answer is
/// relayed; errors have OpenAI's form. Endpoints that would change the engine's state or reach outside (saving slots, adapters, properties) are not served.
/// </summary>
internal sealed class LlamaServerEndpoint(ModelDirectory models, RunnerAccess runners, ServerOptions options, TimeProvider time)
{
    /// <summary>The handler of a route.</summary>
    public RequestDelegate For(LlamaServerRoute route) => context => HandleAsync(context, route);

    private async Task HandleAsync(HttpContext context, LlamaServerRoute route)
    {
        var began = time.GetTimestamp();
        var (request, invalid) = await LlamaServerRequest.ReadAsync(context, route, options.LargestBody).ConfigureAwait(false);
        if (request is null)
        {
            await OpenAIErrors.WriteAsync(context, invalid!).ConfigureAwait(false);
            return;
        }

        using var _ = request;
        context.Notes().Model = request.Model;
        if (models.Find(request.Model) is not { } model)
        {
            await OpenAIErrors.WriteAsync(context, ModelNameCheck.Failure(request.Model) ?? new InferenceFailure.ModelNotFound(request.Model)).ConfigureAwait(false);
            return;
        }

        if (route.Capability is { } capability && !model.Facts.Can(capability))
        {
            await OpenAIErrors.WriteAsync(context, new InferenceFailure.Unsupported($"\"{request.Model}\" does not support {route.Verb}")).ConfigureAwait(false);
            return;
        }

        var failure = await runners.UseAsync(context, model, contextLength: null, request.KeepAlive, began, turn => AnswerAsync(context, route, request, turn)).ConfigureAwait(false);
        if (failure is not null)
        {
            await OpenAIErrors.WriteAsync(context, failure).ConfigureAwait(false);
        }
    }

    private static async Task<TurnResult> AnswerAsync(HttpContext context, LlamaServerRoute route, LlamaServerRequest request, RunnerTurn turn)
    {
        EngineReply reply;
        try
        {
            reply = await EngineClient.SendAsync(turn.Runner, route.Method, route.Path, request.Compose(turn.Runner.Alias), turn.Ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            reply = turn.Interruption;
        }

        if (reply.Failure is { } failure)
        {
            if (turn.Retries(failure))
            {
                return TurnResult.Retry;
            }

            await OpenAIErrors.WriteAsync(context, failure).ConfigureAwait(false);
            return OpenAIErrors.StatusOf(failure) < 500 ? TurnResult.Answered : TurnResult.Failed;
        }

        using var response = reply.Response!;
        return await RelayAsync(context, request.Model, response, turn).ConfigureAwait(false);
    }

    private static async Task<TurnResult> RelayAsync(HttpContext context, string model, HttpResponseMessage response, RunnerTurn turn)
    {
        var isStream = response.Content.Headers.ContentType?.MediaType is "text/event-stream";
        context.Response.ContentType = isStream ? "text/event-stream" : response.Content.Headers.ContentType?.ToString() ?? "application/json";
        if (isStream)
        {
            context.Response.Headers.CacheControl = "no-cache";
        }

        var replacer = new AliasReplacer(Encoding.ASCII.GetBytes(turn.Runner.Alias), EscapedText.From(model));
        var relay = new ByteRelay(context.Response.BodyWriter, replacer, TextMark.Completion, isStream);
        var upstream = await response.Content.ReadAsStreamAsync(turn.Ending).ConfigureAwait(false);
        await using var _ = upstream.ConfigureAwait(false);
        if (await relay.CopyAsync(upstream, turn.Ending, context.RequestAborted).ConfigureAwait(false))
        {
            return TurnResult.Answered;
        }

        InferenceFailure failure = turn.Ending.IsCancellationRequested
            ? turn.Interruption
            : new InferenceFailure.Crashed(await EngineClient.DeathMessageAsync(turn.Runner, "the engine's answer broke off").ConfigureAwait(false));
        if (context.Response.HasStarted)
        {
            // Half an answer under status 200 must not look complete.
            context.Notes().Error = failure.Message;
            context.Abort();
        }
        else
        {
            context.Response.Headers.CacheControl = default;
            await OpenAIErrors.WriteAsync(context, failure).ConfigureAwait(false);
        }

        return TurnResult.Failed;
    }
}

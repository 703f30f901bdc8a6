using GGLib.Catalog;
using GGLib.Engine.Scheduling;
using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Pipeline.Messages;
using GGLib.Server.Prompts;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using GGLib.Server.Threads;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Pipeline;

/// <summary>
/// The way of every request for generated text, whatever its API:
/// <code>
/// (1) read the body           client ──bytes──► RequestBody
/// (2) read the request        RequestBody ──dialect──► InferenceRequest
/// (3) prepare it              InferenceRequest ──Preparation──► PreparedRequest
/// (4) wait for a runner       PreparedRequest ──Scheduler──► lease
/// (5) fit the conversation    PreparedRequest ──template──► PreparedRequest
/// (6) ask the engine          Prompt ──HTTP──► llama-server
/// (7) deliver the answer      llama-server ──events──► dialect's writer ──bytes──► client
/// (8) release the runner      the model's keep-alive starts
/// </code>
/// Before the first byte a failure becomes the dialect's error with its status; after it, the dialect's error event. Thread-safe.
/// </summary>
internal sealed class InferencePipeline(ModelDirectory models, Preparation preparation, MessageFitting fitting, PromptFactory prompts, RunnerAccess runners, Scheduler scheduler, AnswerDelivery delivery, TimeProvider time)
{
    // Stored responses can add more messages than a short body contains.
    private const int MostMessages = 64;

    /// <summary>The handler of a dialect's route.</summary>
    public RequestDelegate For(IDialect dialect) => context => RunAsync(context, dialect);

    /// <summary>Handles one request.</summary>
    public async Task RunAsync(HttpContext context, IDialect dialect)
    {
        var began = time.GetTimestamp();

        // Step 1: read the body.
        using var body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        if (body.Failure is { } unreadable)
        {
            await DialectReply.WriteErrorAsync(context, dialect, unreadable).ConfigureAwait(false);
            return;
        }

        // Step 2: read the request.
        var read = dialect.Read(context, body);
        context.Notes().Model = read.Request?.Model;
        if (!read.IsValid)
        {
            await DialectReply.WriteErrorAsync(context, dialect, read.Failure).ConfigureAwait(false);
            return;
        }

        // Step 3: prepare it.
        await models.EnsureLookupThread(read.Request.Model);
        var model = models.Find(read.Request.Model);
        await new PoolThread(stays: IsShort(read.Request, model));
        var (prepared, failure) = preparation.Prepare(read.Request, model);
        if (prepared is null)
        {
            await DialectReply.WriteErrorAsync(context, dialect, failure!).ConfigureAwait(false);
            return;
        }

        if (prepared.Request is { LoadsOnly: true, KeepAlive.IsNone: true })
        {
            await scheduler.UnloadAsync(ModelDirectory.KeyOf(prepared.Model)).ConfigureAwait(false);
            await delivery.WriteLoadedAsync(context, dialect, read, FinishReason.Unload).ConfigureAwait(false);
            return;
        }

        // Step 4: wait for a runner. Step 8, its release, is the end of this call.
        var exchange = new Exchange(context, dialect, read, prepared, began, time);
        var options = prepared.Request.Options;
        var unavailable = await runners.UseAsync(
            context, prepared.Model, options.ContextLength, prepared.Request.KeepAlive, began, turn => AnswerAsync(exchange, turn), options.Load with { ContextShift = prepared.Request.Shift },
            exchange.WithPingsAsync).ConfigureAwait(false);
        if (unavailable is not null)
        {
            await delivery.FailAsync(exchange, unavailable).ConfigureAwait(false);
        }
    }

    private async Task<TurnResult> AnswerAsync(Exchange exchange, RunnerTurn turn)
    {
        var request = exchange.Prepared.Request;
        if (request.LoadsOnly)
        {
            await delivery.WriteLoadedAsync(exchange.Context, exchange.Dialect, exchange.Read, FinishReason.Load).ConfigureAwait(false);
            return TurnResult.Answered;
        }

        // The runner may have been waited for on the socket thread.
        await new PoolThread(stays: IsShort(request, exchange.Prepared.Model));

        // Step 5: fit the conversation to the template.
        var (prepared, unfit) = await FitAsync(exchange, turn).ConfigureAwait(false);
        if (prepared is null)
        {
            return await delivery.RejectAsync(exchange, unfit!, turn).ConfigureAwait(false);
        }

        // Step 6: ask the engine.
        var output = new AnswerOutput
        {
            CanRelay = exchange.Dialect is IRelayingDialect && !exchange.Read.IsWritten,
            NeedsPromptCounts = request.Stream && exchange.Dialect.NeedsPromptCounts,
            NeedsStopSequence = exchange.Dialect.NeedsStopSequence,
        };
        var prompt = prompts.Of(prepared, output);
        if (request.RendersOnly || request.CountsOnly)
        {
            return await delivery.WritePromptAsync(exchange, prompt, turn).ConfigureAwait(false);
        }

        EngineAnswer answer;
        try
        {
            answer = await exchange.WithPingsAsync(prompt.AskAsync(turn.Runner, turn.Ending)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!exchange.Context.RequestAborted.IsCancellationRequested)
        {
            answer = turn.Interruption;
        }

        if (answer.Failure is { } failure)
        {
            return await delivery.RejectAsync(exchange, failure, turn).ConfigureAwait(false);
        }

        // Step 7: deliver the answer.
        using var response = answer.Response!;
        if (prepared is { ChecksCalls: true, CallRules.Repairs: true })
        {
            answer = answer with { ForcedCall = (names, token) => prompts.Of(prepared.Forcing(names), output).AskAsync(turn.Runner, token) };
        }

        return await delivery.DeliverAsync(exchange, answer, turn).ConfigureAwait(false);
    }

    /// <summary>Whether preparing and writing a request takes no longer than its bytes suggest, so that it may run on the socket thread (<see cref="SocketThread"/>).</summary>
    private static bool IsShort(InferenceRequest request, CatalogModel? model) =>
        request is { Template: null, Tools.Count: 0, Messages.Count: <= MostMessages } && request.Format?.Schema is null && model?.TemplateInForce is null;

    private async Task<(PreparedRequest? Prepared, InferenceFailure? Failure)> FitAsync(Exchange exchange, RunnerTurn turn)
    {
        try
        {
            return await fitting.FitAsync(exchange.Context, exchange.Prepared, turn.Runner, turn.Ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!exchange.Context.RequestAborted.IsCancellationRequested)
        {
            return (null, turn.Interruption);
        }
    }
}

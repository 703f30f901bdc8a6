using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Prompts;
using GGLib.Server.Replies;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using GGLib.Server.Threads;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Pipeline;

/// <summary>Brings the engine's answer to the client: relayed as bytes, or written by the dialect. Thread-safe.</summary>
internal sealed class AnswerDelivery(ToolCallCounts toolCalls, TimeProvider time)
{
    /// <summary>Delivers an answer that the engine has begun.</summary>
    public Task<TurnResult> DeliverAsync(Exchange exchange, EngineAnswer answer, RunnerTurn turn) => answer.IsRelayable && exchange.Dialect is IRelayingDialect dialect
        ? ByteDelivery.RelayAsync(exchange, dialect, answer.Response!, turn)
        : WriteAsync(exchange, answer, turn);

    /// <summary>Reports that the engine rejected the request or died before it answered, or asks for a retry.</summary>
    public async Task<TurnResult> RejectAsync(Exchange exchange, InferenceFailure failure, RunnerTurn turn)
    {
        if (turn.Retries(failure))
        {
            return TurnResult.Retry;
        }

        await FailAsync(exchange, failure, isFromEngine: true).ConfigureAwait(false);
        return failure is InferenceFailure.Crashed or InferenceFailure.ConnectionLost or InferenceFailure.EngineFailed or InferenceFailure.OutOfMemory or InferenceFailure.Interrupted
            ? TurnResult.Failed
            : TurnResult.Answered;
    }

    /// <summary>Writes a failure: as the whole response, or as the last event of a stream that has output.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="failure">The failure.</param>
    /// <param name="isFromEngine">Whether the engine had received the request. The content type of a streamed request's error then has no charset, as Ollama's.</param>
    public async Task FailAsync(Exchange exchange, InferenceFailure failure, bool isFromEngine = false)
    {
        var context = exchange.Context;
        if (!exchange.Prepared.Request.Stream || !exchange.Writer.HasOutput)
        {
            exchange.Abandon();
            await DialectReply.WriteErrorAsync(context, exchange.Dialect, failure, isFromEngine && exchange.Prepared.Request.Stream ? "application/json" : null).ConfigureAwait(false);
            return;
        }

        context.Notes().Error = failure.Message;
        exchange.Writer.Fail(failure);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Answers a request that only loads or unloads a model.</summary>
    public async Task WriteLoadedAsync(HttpContext context, IDialect dialect, ReadRequest read, FinishReason reason)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = dialect.CreateWriter(output, read);
        writer.Accept(StreamEvent.Finished(reason));
        writer.Complete(default);
        await JsonReply.WriteAsync(context, output.WrittenMemory, StatusCodes.Status200OK, read.Request!.Stream ? dialect.StreamType : dialect.ObjectType).ConfigureAwait(false);
    }

    /// <summary>Answers a request that only renders its prompt or counts its tokens.</summary>
    public async Task<TurnResult> WritePromptAsync(Exchange exchange, Prompt prompt, RunnerTurn turn)
    {
        var (dialect, request) = (exchange.Dialect, exchange.Prepared.Request);
        byte[]? body;
        InferenceFailure? failure;
        try
        {
            if (request.CountsOnly)
            {
                // Without messages there is no prompt, and the engine would reject the request.
                (var count, failure) = request.Messages.Count == 0 ? (0, null) : await prompt.CountAsync(turn.Runner, turn.Ending).ConfigureAwait(false);
                body = count is { } tokens ? dialect.ComposeCount(exchange.Read, tokens) : null;
                exchange.Context.Notes().PromptTokens = count;
            }
            else
            {
                (var text, failure) = await prompt.RenderAsync(turn.Runner, turn.Ending).ConfigureAwait(false);
                body = text is null ? null : dialect.ComposeRendered(exchange.Read, text);
            }
        }
        catch (OperationCanceledException) when (!exchange.Context.RequestAborted.IsCancellationRequested)
        {
            (body, failure) = (null, turn.Interruption);
        }

        if (body is null)
        {
            return await RejectAsync(exchange, failure!, turn).ConfigureAwait(false);
        }

        await JsonReply.WriteAsync(exchange.Context, body, StatusCodes.Status200OK, dialect.ObjectType).ConfigureAwait(false);
        return TurnResult.Answered;
    }

    private async Task<TurnResult> WriteAsync(Exchange exchange, EngineAnswer answer, RunnerTurn turn)
    {
        var (context, returnsTokens) = (exchange.Context, exchange.Prepared.Request.ReturnsTokens);
        Task<int[]?>? promptTokens = null;
        exchange.Begin();
        var failure = exchange.Prepared.ChecksCalls
            ? await new CheckedCalls(exchange, toolCalls).ReadAsync(answer, turn, FlushAsync).ConfigureAwait(false)
            : await AnswerReading.ReadAsync(exchange, answer, exchange.Writer, turn, FlushAsync).ConfigureAwait(false);
        if (failure is InferenceFailure.AnswerRejected && answer.SecondWay is { } askAgain && exchange.CanRestart)
        {
            (answer, failure) = await AnswerReading.AskAgainAsync(exchange, askAgain, turn).ConfigureAwait(false);
            if (failure is null)
            {
                using var second = answer.Response!;
                exchange.Restart();
                exchange.Begin();
                failure = await AnswerReading.ReadAsync(exchange, answer, exchange.Writer, turn, FlushAsync).ConfigureAwait(false);
            }
        }

        var writer = exchange.Writer;
        if (failure is null)
        {
            if (returnsTokens)
            {
                // An answer that came all at once is sent before its tokens are counted.
                await FlushAsync(turn.Ending).ConfigureAwait(false);
                promptTokens ??= PromptTokensAsync(answer, turn);
            }

            // Before the clock is read: the last line reports how long all of it took.
            var tokens = promptTokens is null ? null : await TokensAsync(promptTokens, writer, turn).ConfigureAwait(false);
            failure = writer.Complete(new AnswerTiming(time.GetElapsedTime(exchange.Began).Ticks * 100, turn.LoadNanoseconds, tokens));
        }

        if (failure is not null)
        {
            await FailAsync(exchange, failure, isFromEngine: true).ConfigureAwait(false);
            return TurnResult.Failed;
        }

        if (exchange.Prepared.Request.Stream)
        {
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
        else
        {
            await JsonReply.WriteAsync(context, exchange.Whole, StatusCodes.Status200OK, exchange.Dialect.ObjectType).ConfigureAwait(false);
        }

        return TurnResult.Answered;

        async ValueTask FlushAsync(CancellationToken cancellation)
        {
            await exchange.FlushAsync(cancellation).ConfigureAwait(false);

            // Not before the first token, which must not wait for an engine that counts.
            promptTokens ??= returnsTokens && exchange.Writer.GeneratedTokens > 0 ? PromptTokensAsync(answer, turn) : null;
        }
    }

    // Counted while the model answers, so that the last line does not wait for it.
    private static async Task<int[]?> PromptTokensAsync(EngineAnswer answer, RunnerTurn turn)
    {
        // It renders the prompt again, and the answer is being read on the socket thread.
        await new PoolThread(stays: false);
        try
        {
            return await answer.PromptTokens(turn.Ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The tokens of prompt and answer; null when the engine does not return them, which must not cost the answer.</summary>
    private static async Task<IReadOnlyList<int>?> TokensAsync(Task<int[]?> prompt, AnswerWriter writer, RunnerTurn turn)
    {
        if (await prompt.ConfigureAwait(false) is not { } asked)
        {
            return null;
        }

        var (answered, _) = await EngineText.TokenizeAsync(turn.Runner, writer.ContentText(), isPrompt: false, turn.Ending).ConfigureAwait(false);
        return answered is null ? null : [.. asked, .. answered];
    }
}

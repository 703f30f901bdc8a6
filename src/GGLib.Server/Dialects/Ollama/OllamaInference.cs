using System.Buffers;
using GGLib.Server.Inference;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>
/// The way of a native request: (1) a turn on the model's runner, waiting as long as it takes; (2) the engine's answer; (3) relayed piece by piece, or whole;
/// (4) the turn ends, and the model's keep-alive starts.
/// </summary>
internal sealed class OllamaInference(RunnerAccess runners, TimeProvider time, ILogger<OllamaInference> log)
{
    public async Task RunAsync(HttpContext context, InferenceCall call)
    {
        if (call.Options.Integer("num_predict") is < -1 and var limit)
        {
            // Ollama once filled the context for −2; it now takes every negative number for no limit, and so do we.
            log.LogWarning("num_predict {Limit} for {Model} is taken for -1: no limit", limit, call.Model.Name);
        }

        var failure = await runners.UseAsync(
            context, call.Model, call.Options.ContextLength, call.Fields.KeepAlive, call.Began, turn => TryAnswerAsync(context, call, turn), call.Options.Load with { ContextShift = call.Fields.Shift }).ConfigureAwait(false);
        if (failure is not null)
        {
            await OllamaReply.WriteErrorAsync(context, failure).ConfigureAwait(false);
        }
    }

    /// <returns>False when the request is to be tried again on a fresh runner.</returns>
    private async Task<bool> TryAnswerAsync(HttpContext context, InferenceCall call, RunnerTurn turn)
    {
        EngineReply reply;
        try
        {
            reply = await call.Prompt.AskAsync(turn.Runner, turn.Ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            reply = new(null, new(500, turn.Interruption));
        }

        if (reply.Problem is { } problem)
        {
            if (turn.Retries(problem))
            {
                context.Notes().Error = problem.Message;
                return false;
            }

            await OllamaReply.WriteErrorAsync(context, new OllamaError(problem.Status, problem.Message), call.Fields.Stream ? OllamaReply.JsonOfStream : OllamaReply.Json).ConfigureAwait(false);
            return true;
        }

        using var response = reply.Response!;
        await (call.Fields.Stream
            ? StreamAsync(context, call, turn, response)
            : CollectAsync(context, call, turn, response)).ConfigureAwait(false);
        return true;
    }

    private async Task StreamAsync(HttpContext context, InferenceCall call, RunnerTurn turn, HttpResponseMessage response)
    {
        var output = context.Response.BodyWriter;
        var answer = new OllamaAnswer(output, call.Shape, call.Fields.Model, streaming: true, call.Fields.TopLogprobs, time) { KeepsContent = call.TellsContext };
        context.Response.ContentType = OllamaReply.Ndjson;
        if (await ReadAsync(context, call, answer, turn, response, FlushAsync).ConfigureAwait(false) is { } failure)
        {
            if (!answer.HasOutput)
            {
                await OllamaReply.WriteErrorAsync(context, failure, OllamaReply.JsonOfStream).ConfigureAwait(false);
                return;
            }

            context.Notes().Error = failure.Message;
            answer.Fail(failure.Message);
        }

        await output.FlushAsync(context.RequestAborted).ConfigureAwait(false);

        // As long as nothing was written an error can still change the status: no head goes out before.
        async ValueTask FlushAsync(CancellationToken cancellation)
        {
            if (answer.HasOutput)
            {
                await output.FlushAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task CollectAsync(HttpContext context, InferenceCall call, RunnerTurn turn, HttpResponseMessage response)
    {
        var whole = new ArrayBufferWriter<byte>();
        var answer = new OllamaAnswer(whole, call.Shape, call.Fields.Model, streaming: false, call.Fields.TopLogprobs, time);
        var failure = await ReadAsync(context, call, answer, turn, response, static _ => ValueTask.CompletedTask).ConfigureAwait(false);
        await (failure is null
            ? OllamaReply.WriteAsync(context, whole.WrittenMemory)
            : OllamaReply.WriteErrorAsync(context, failure)).ConfigureAwait(false);
    }

    private async Task<OllamaError?> ReadAsync(
        HttpContext context, InferenceCall call, OllamaAnswer answer, RunnerTurn turn, HttpResponseMessage response, Func<CancellationToken, ValueTask> flush)
    {
        Task<int[]?>? prompt = null;
        var problem = await AnswerReading.ReadAsync(context, response, call.Prompt.Reading(answer), turn, FlushAsync, CompleteAsync).ConfigureAwait(false);
        return problem is null ? null : new OllamaError(problem.Status, problem.Message);

        async ValueTask FlushAsync(CancellationToken cancellation)
        {
            await flush(cancellation).ConfigureAwait(false);

            // Not before: the first token must not wait for an engine that counts.
            prompt ??= call.TellsContext && answer.GeneratedTokens > 0 ? PromptTokensAsync(call, turn) : null;
        }

        async ValueTask<string?> CompleteAsync()
        {
            if (call.TellsContext)
            {
                // An answer that came at once is told before its tokens are counted.
                await FlushAsync(turn.Ending).ConfigureAwait(false);
                prompt ??= PromptTokensAsync(call, turn);
            }

            // Before the clock is read: the last line tells how long all of it took.
            var tokens = prompt is null ? null : await ContextAsync(prompt, answer, turn).ConfigureAwait(false);
            return answer.Complete(time.GetElapsedTime(call.Began).Ticks * 100, turn.LoadNanoseconds, tokens);
        }
    }

    // Counted while the model answers, so that the last line need not wait for it.
    private static async Task<int[]?> PromptTokensAsync(InferenceCall call, RunnerTurn turn)
    {
        try
        {
            return await call.Prompt.TokensAsync(turn.Runner, turn.Ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The tokens of prompt and answer; null when the engine does not tell them: an answer that is there must not be lost over it.</summary>
    private static async Task<IReadOnlyList<int>?> ContextAsync(Task<int[]?> prompt, OllamaAnswer answer, RunnerTurn turn)
    {
        if (await prompt.ConfigureAwait(false) is not { } asked)
        {
            return null;
        }

        var (answered, _) = await EngineText.TokenizeAsync(turn.Runner, answer.ContentText(), isPrompt: false, turn.Ending).ConfigureAwait(false);
        return answered is null ? null : [.. asked, .. answered];
    }
}

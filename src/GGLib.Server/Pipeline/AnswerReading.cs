using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Prompts;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using GGLib.Server.Threads;

namespace GGLib.Server.Pipeline;

/// <summary>Reads the engine's answer to a request.</summary>
internal static class AnswerReading
{
    /// <summary>Reads an answer to its end.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="answer">The engine's answer: an event stream, or one object.</param>
    /// <param name="target">Receives the answer.</param>
    /// <param name="turn">The turn on the runner.</param>
    /// <param name="flush">Sends what was written so far; called whenever more must be waited for.</param>
    /// <param name="isEnough">Whether the rest of a stream is not needed; null if all of it is.</param>
    /// <returns>Null when the answer is complete; else why it is not.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    public static async Task<InferenceFailure?> ReadAsync(
        Exchange exchange, EngineAnswer answer, IAnswer target, RunnerTurn turn, Func<CancellationToken, ValueTask> flush, Func<bool>? isEnough = null)
    {
        const string While = "an error was encountered while running the model: ";
        var (context, response) = (exchange.Context, answer.Response!);
        try
        {
            var upstream = await response.Content.ReadAsStreamAsync(turn.Ending).ConfigureAwait(false);
            await using var _ = upstream.ConfigureAwait(false);
            var isWhole = response.Content.Headers.ContentType?.MediaType == "application/json";
            var sink = exchange.Prepared.Request.ChoiceCount > 1 ? new ChoiceReaders(target, answer.Reader) : answer.Reader(target);
            var end = isWhole
                ? await EngineStream.ReadWholeAsync(upstream, sink, turn.Ending).ConfigureAwait(false)
                : await EngineStream.ReadAsync(upstream, sink, flush, turn.Ending, exchange.Pings ? exchange : null, isEnough).ConfigureAwait(false);
            switch (end)
            {
                case StreamEnd.Done:
                case StreamEnd.Closed when target.Finish is not FinishReason.None:
                    return null;
                case StreamEnd.Error:
                    return EngineErrors.Of(target.EngineErrorStatus, target.EngineError!);
                case StreamEnd.Malformed:
                    return new InferenceFailure.EngineFailed(While + "the engine sent invalid events");
                default:
                    return new InferenceFailure.Crashed(While + await EngineClient.DeathMessageAsync(turn.Runner, "unexpected EOF").ConfigureAwait(false));
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return new InferenceFailure.Interrupted(While + turn.Interruption.Message);
        }
        finally
        {
            context.Notes().RecordUsage(target.Usage, target.GeneratedTokens);
        }
    }

    /// <summary>Asks the engine for another answer to the same request.</summary>
    /// <returns>The answer, and why there is none; null if there is one.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    public static async Task<(EngineAnswer Answer, InferenceFailure? Failure)> AskAgainAsync(Exchange exchange, Func<CancellationToken, Task<EngineAnswer>> ask, RunnerTurn turn)
    {
        // The first answer was read on the socket thread.
        await new PoolThread(stays: false);
        EngineAnswer answer;
        try
        {
            answer = await ask(turn.Ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!exchange.Context.RequestAborted.IsCancellationRequested)
        {
            answer = turn.Interruption;
        }

        return (answer, answer.Failure);
    }
}

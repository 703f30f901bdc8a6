using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Prompts;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;

namespace GGLib.Server.Pipeline;

/// <summary>Reads the engine's answer into the dialect's writer.</summary>
internal static class AnswerReading
{
    /// <summary>Reads to the end.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="answer">The engine's answer: an event stream, or one object.</param>
    /// <param name="turn">The turn on the runner.</param>
    /// <param name="flush">Sends what was written so far; called whenever more must be waited for.</param>
    /// <returns>Null when the answer is complete; else why it is not.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    public static async Task<InferenceFailure?> ReadAsync(Exchange exchange, EngineAnswer answer, RunnerTurn turn, Func<CancellationToken, ValueTask> flush)
    {
        const string While = "an error was encountered while running the model: ";
        var (context, writer, response) = (exchange.Context, exchange.Writer, answer.Response!);
        try
        {
            var upstream = await response.Content.ReadAsStreamAsync(turn.Ending).ConfigureAwait(false);
            await using var _ = upstream.ConfigureAwait(false);
            var isWhole = response.Content.Headers.ContentType?.MediaType == "application/json";
            var sink = exchange.Prepared.Request.ChoiceCount > 1 ? new ChoiceReaders(writer, answer.Reader) : answer.Reader(writer);
            var end = isWhole
                ? await EngineStream.ReadWholeAsync(upstream, sink, turn.Ending).ConfigureAwait(false)
                : await EngineStream.ReadAsync(upstream, sink, flush, turn.Ending, exchange.Pings ? exchange : null).ConfigureAwait(false);
            switch (end)
            {
                case StreamEnd.Done:
                case StreamEnd.Closed when writer.Finish is not FinishReason.None:
                    return null;
                case StreamEnd.Error:
                    return EngineErrors.Of(writer.EngineErrorStatus, writer.EngineError!);
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
            context.Notes().Take(writer.Usage, writer.GeneratedTokens);
        }
    }
}

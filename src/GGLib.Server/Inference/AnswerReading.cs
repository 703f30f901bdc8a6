using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Inference;

/// <summary>Reads the engine's answer to its end and tells why one is not whole: the same for every dialect's writer.</summary>
internal static class AnswerReading
{
    /// <param name="context">The request.</param>
    /// <param name="response">The engine's answer: an event stream, or one object.</param>
    /// <param name="answer">Takes its pieces.</param>
    /// <param name="turn">The turn on the runner.</param>
    /// <param name="flush">Sends what was written so far; called whenever more must be waited for.</param>
    /// <param name="complete">Completes our answer once the engine's is whole; gives the reason when that cannot be done.</param>
    /// <returns>Null when the answer is whole; else why it is not, with the status for a client that has seen nothing yet.</returns>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public static async Task<EngineProblem?> ReadAsync(
        HttpContext context, HttpResponseMessage response, IAnswer answer, RunnerTurn turn, Func<CancellationToken, ValueTask> flush, Func<ValueTask<string?>> complete)
    {
        string? broken;
        try
        {
            var upstream = await response.Content.ReadAsStreamAsync(turn.Ending).ConfigureAwait(false);
            await using var _ = upstream.ConfigureAwait(false);
            var isWhole = response.Content.Headers.ContentType?.MediaType == "application/json";
            var end = isWhole
                ? await EngineStream.ReadWholeAsync(upstream, answer, turn.Ending).ConfigureAwait(false)
                : await EngineStream.ReadAsync(upstream, answer, flush, turn.Ending).ConfigureAwait(false);
            switch (end)
            {
                case StreamEnd.Done:
                case StreamEnd.Closed when answer.Finish is not FinishReason.None:
                    broken = await complete().ConfigureAwait(false);
                    break;
                case StreamEnd.Error:
                    return new(answer.EngineErrorStatus is >= 400 and <= 599 and var status ? status : 500, answer.EngineError!);
                case StreamEnd.Malformed:
                    broken = "the engine sent what is not an event";
                    break;
                default:
                    broken = await EngineClient.DeathMessageAsync(turn.Runner, "unexpected EOF").ConfigureAwait(false);
                    break;
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            broken = turn.Interruption;
        }
        finally
        {
            context.Notes().Take(answer.Usage, answer.GeneratedTokens);
        }

        return broken is null ? null : new(500, "an error was encountered while running the model: " + broken);
    }
}

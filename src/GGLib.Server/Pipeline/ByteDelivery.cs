using System.Text;
using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Json;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;

namespace GGLib.Server.Pipeline;

/// <summary>Relays the engine's bytes to the client, with only the model's name and the dialect's few changes replaced.</summary>
internal static class ByteDelivery
{
    public static async Task<TurnResult> RelayAsync(Exchange exchange, IRelayingDialect dialect, HttpResponseMessage response, RunnerTurn turn)
    {
        var context = exchange.Context;
        var isStream = response.Content.Headers.ContentType?.MediaType is "text/event-stream";
        if (isStream)
        {
            exchange.Begin();
        }
        else
        {
            context.Response.ContentType = dialect.ObjectType;
        }

        var replacer = new AliasReplacer(Encoding.ASCII.GetBytes(turn.Runner.Alias), EscapedText.From(exchange.Prepared.Request.Model));
        var relay = new ByteRelay(context.Response.BodyWriter, dialect.Stage(replacer, isStream), dialect.Texts, isStream);
        var upstream = await response.Content.ReadAsStreamAsync(turn.Ending).ConfigureAwait(false);
        await using var _ = upstream.ConfigureAwait(false);
        var isComplete = await relay.CopyAsync(upstream, turn.Ending, context.RequestAborted).ConfigureAwait(false);
        if (relay.GeneratedTokens is { } generated)
        {
            context.Notes().RecordUsage(relay.Usage, generated);
        }

        if (isComplete)
        {
            return TurnResult.Answered;
        }

        const string While = "an error was encountered while running the model: ";
        InferenceFailure failure = turn.Ending.IsCancellationRequested
            ? new InferenceFailure.Interrupted(While + turn.Interruption.Message)
            : new InferenceFailure.Crashed(While + await EngineClient.DeathMessageAsync(turn.Runner, "unexpected EOF").ConfigureAwait(false));
        if (!context.Response.HasStarted)
        {
            exchange.Abandon();
            await DialectReply.WriteErrorAsync(context, dialect, failure).ConfigureAwait(false);
            return TurnResult.Failed;
        }

        context.Notes().Error = failure.Message;
        if (isStream)
        {
            exchange.Writer.Fail(failure);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
        else
        {
            // Half an object under status 200 must not look complete.
            context.Abort();
        }

        return TurnResult.Failed;
    }
}

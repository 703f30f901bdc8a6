using System.Buffers;
using System.Text.Json;
using GGLib.Server.Dialects.OpenAI;
using GGLib.Server.Inference;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Pipeline;

/// <summary>An answer that came from the engine in another form than the client asked for, told in the client's.</summary>
internal static class RetoldAnswer
{
    /// <summary>Writes the answer, or why there is none.</summary>
    /// <param name="relayed">The request.</param>
    /// <param name="response">The engine's answer.</param>
    /// <param name="reading">Who reads thinking and tool calls out of it.</param>
    /// <param name="turn">The turn on the runner.</param>
    /// <param name="time">The clock.</param>
    public static Task WriteAsync(Relayed relayed, HttpResponseMessage response, Func<IAnswer, IAnswer> reading, RunnerTurn turn, TimeProvider time)
    {
        if (!relayed.Request.Stream)
        {
            return CollectAsync(relayed, response, reading, turn, time);
        }

        var includeUsage = relayed.Body.Json.TryGetProperty("stream_options"u8, out var options) && options.ValueKind is JsonValueKind.Object
            && options.TryGetProperty("include_usage"u8, out var usage) && usage.ValueKind is JsonValueKind.True;
        return StreamAsync(relayed, response, relayed.Dialect.Answer(relayed.Context.Response.BodyWriter, relayed.Request, includeUsage, time), reading, turn);
    }

    private static async Task StreamAsync(Relayed relayed, HttpResponseMessage response, IRetoldAnswer answer, Func<IAnswer, IAnswer> reading, RunnerTurn turn)
    {
        var context = relayed.Context;
        var output = context.Response.BodyWriter;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        var problem = await AnswerReading.ReadAsync(context, response, reading(answer), turn, FlushAsync, Complete).ConfigureAwait(false);
        if (problem is not null)
        {
            if (!answer.HasOutput)
            {
                context.Response.Clear();
                await relayed.Dialect.WriteErrorAsync(context, problem).ConfigureAwait(false);
                return;
            }

            context.Notes().Error = problem.Message;
            answer.Fail(relayed.Dialect.ComposeError(problem.Status, problem.Message, null));
        }

        await output.FlushAsync(context.RequestAborted).ConfigureAwait(false);

        ValueTask<string?> Complete()
        {
            answer.Complete();
            return ValueTask.FromResult<string?>(null);
        }

        // As long as nothing was written an error can still change the status: no head goes out before.
        async ValueTask FlushAsync(CancellationToken cancellation)
        {
            if (answer.HasOutput)
            {
                await output.FlushAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    private static async Task CollectAsync(Relayed relayed, HttpResponseMessage response, Func<IAnswer, IAnswer> reading, RunnerTurn turn, TimeProvider time)
    {
        var whole = new ArrayBufferWriter<byte>();
        var answer = relayed.Dialect.Answer(whole, relayed.Request, includeUsage: true, time);
        var problem = await AnswerReading.ReadAsync(relayed.Context, response, reading(answer), turn, static _ => ValueTask.CompletedTask, () =>
        {
            answer.Complete();
            return ValueTask.FromResult<string?>(null);
        }).ConfigureAwait(false);
        await (problem is null
            ? OpenAIReply.WriteAsync(relayed.Context, whole.WrittenMemory)
            : relayed.Dialect.WriteErrorAsync(relayed.Context, problem)).ConfigureAwait(false);
    }
}

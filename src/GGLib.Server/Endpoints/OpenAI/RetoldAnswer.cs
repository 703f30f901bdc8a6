using System.Buffers;
using System.Text.Json;
using GGLib.Server.Inference;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Endpoints.OpenAI;

/// <summary>A chat's answer that came from the engine in another form than the client asked for, told in OpenAI's.</summary>
internal static class RetoldAnswer
{
    /// <summary>Writes the answer, or why there is none.</summary>
    public static Task WriteAsync(HttpContext context, HttpResponseMessage response, JsonElement asked, RelayedRequest request, RunnerTurn turn, TimeProvider time)
    {
        if (!request.Stream)
        {
            return CollectAsync(context, response, request, turn, time);
        }

        var includeUsage = asked.TryGetProperty("stream_options"u8, out var options) && options.ValueKind is JsonValueKind.Object
            && options.TryGetProperty("include_usage"u8, out var usage) && usage.ValueKind is JsonValueKind.True;
        return StreamAsync(context, response, new OpenAIChatAnswer(context.Response.BodyWriter, request.Model, streaming: true, includeUsage, time), turn);
    }

    private static async Task StreamAsync(HttpContext context, HttpResponseMessage response, OpenAIChatAnswer answer, RunnerTurn turn)
    {
        var output = context.Response.BodyWriter;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        var problem = await AnswerReading.ReadAsync(context, response, answer, turn, FlushAsync, Complete).ConfigureAwait(false);
        if (problem is not null)
        {
            if (!answer.HasOutput)
            {
                context.Response.Clear();
                await OpenAIReply.WriteErrorAsync(context, problem.Status, problem.Message).ConfigureAwait(false);
                return;
            }

            context.Notes().Error = problem.Message;
            answer.Fail(OpenAIReply.ComposeError(problem.Status, problem.Message, null));
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

    private static async Task CollectAsync(HttpContext context, HttpResponseMessage response, RelayedRequest request, RunnerTurn turn, TimeProvider time)
    {
        var whole = new ArrayBufferWriter<byte>();
        var answer = new OpenAIChatAnswer(whole, request.Model, streaming: false, includeUsage: true, time);
        var problem = await AnswerReading.ReadAsync(context, response, answer, turn, static _ => ValueTask.CompletedTask, () =>
        {
            answer.Complete();
            return ValueTask.FromResult<string?>(null);
        }).ConfigureAwait(false);
        await (problem is null
            ? OpenAIReply.WriteAsync(context, whole.WrittenMemory)
            : OpenAIReply.WriteErrorAsync(context, problem.Status, problem.Message)).ConfigureAwait(false);
    }
}

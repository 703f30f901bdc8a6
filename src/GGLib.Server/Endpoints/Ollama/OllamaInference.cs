using System.Buffers;
using GGLib.Engine.Scheduling;
using GGLib.Server.Endpoints.Ollama.Requests;
using GGLib.Server.Inference;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace GGLib.Server.Endpoints.Ollama;

/// <summary>
/// The way of a native request: (1) a lease on the model's runner, waiting as long as it takes; (2) the engine's answer; (3) relayed piece by piece, or whole;
/// (4) the lease goes back, and the model's keep-alive starts.
/// </summary>
internal sealed class OllamaInference(Scheduler scheduler, TimeProvider time, IHostApplicationLifetime lifetime)
{
    public async Task RunAsync(HttpContext context, InferenceCall call)
    {
        var notes = context.Notes();
        notes.Model = call.Fields.Model;
        try
        {
            // A runner that has died without our knowing yet refuses the connection: it never saw the request, which may go to the next one.
            for (var attempt = 0; !await TryRunAsync(context, call, notes, mayRetry: attempt == 0).ConfigureAwait(false); attempt++)
            {
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left; that is no error.
        }
    }

    /// <returns>False when the request is to be tried again on a fresh runner.</returns>
    private async Task<bool> TryRunAsync(HttpContext context, InferenceCall call, RequestNotes notes, bool mayRetry)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        LeaseResult result;
        try
        {
            result = await scheduler.AcquireAsync(ModelDirectory.ForEngine(call.Model), call.Options.ContextLength, call.Fields.KeepAlive, leaving.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            result = new LeaseResult(null, new EngineFailure.ShuttingDown());
        }

        if (result.Failure is { } failure)
        {
            await OllamaReply.WriteErrorAsync(context, failure).ConfigureAwait(false);
            return true;
        }

        using var lease = result.Lease!;
        notes.LoadNanoseconds = Since(call.Began);
        // Open streams must not hold up the end of the runner or of the program.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(leaving.Token, lease.Runner.Stopping);

        EngineReply reply;
        try
        {
            reply = await EngineClient.PostAsync(lease.Runner, call.Path, call.Body(lease.Runner), ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            reply = new(null, new(500, Interrupted(lease)));
        }

        if (reply.Problem is { } problem)
        {
            if (problem.NeverReached && mayRetry && !lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return false;
            }

            await OllamaReply.WriteErrorAsync(context, new OllamaError(problem.Status, problem.Message), call.Fields.Stream ? OllamaReply.JsonOfStream : OllamaReply.Json).ConfigureAwait(false);
            return true;
        }

        using var response = reply.Response!;
        var upstream = await response.Content.ReadAsStreamAsync(ending.Token).ConfigureAwait(false);
        await using var _ = upstream.ConfigureAwait(false);
        await (call.Fields.Stream
            ? StreamAsync(context, call, lease, upstream, notes, ending.Token)
            : CollectAsync(context, call, lease, upstream, notes, ending.Token)).ConfigureAwait(false);
        return true;
    }

    private async Task StreamAsync(HttpContext context, InferenceCall call, Lease lease, Stream upstream, RequestNotes notes, CancellationToken ending)
    {
        var output = context.Response.BodyWriter;
        var answer = new OllamaAnswer(output, call.Shape, call.Fields.Model, streaming: true, call.Fields.TopLogprobs, time);
        context.Response.ContentType = OllamaReply.Ndjson;
        var failure = await ReadAsync(context, answer, lease, upstream, FlushAsync, ending).ConfigureAwait(false)
            ?? Refused(answer.Complete(Since(call.Began), notes.LoadNanoseconds));
        notes.Take(answer.Usage, answer.GeneratedTokens);
        if (failure is not null)
        {
            if (!answer.HasOutput)
            {
                await OllamaReply.WriteErrorAsync(context, failure, OllamaReply.JsonOfStream).ConfigureAwait(false);
                return;
            }

            notes.Error = failure.Message;
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

    private async Task CollectAsync(HttpContext context, InferenceCall call, Lease lease, Stream upstream, RequestNotes notes, CancellationToken ending)
    {
        var whole = new ArrayBufferWriter<byte>();
        var answer = new OllamaAnswer(whole, call.Shape, call.Fields.Model, streaming: false, call.Fields.TopLogprobs, time);
        var failure = await ReadAsync(context, answer, lease, upstream, static _ => ValueTask.CompletedTask, ending).ConfigureAwait(false)
            ?? Refused(answer.Complete(Since(call.Began), notes.LoadNanoseconds));
        notes.Take(answer.Usage, answer.GeneratedTokens);
        await (failure is null
            ? OllamaReply.WriteAsync(context, whole.WrittenMemory)
            : OllamaReply.WriteErrorAsync(context, failure)).ConfigureAwait(false);
    }

    /// <summary>Reads the engine's answer to its end. Null when it is whole; else why it is not.</summary>
    private static async Task<OllamaError?> ReadAsync(
        HttpContext context, OllamaAnswer answer, Lease lease, Stream upstream, Func<CancellationToken, ValueTask> flush, CancellationToken ending)
    {
        StreamEnd end;
        try
        {
            end = await EngineStream.ReadAsync(upstream, answer, flush, ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return Broken(Interrupted(lease));
        }

        return end switch
        {
            StreamEnd.Done => null,
            StreamEnd.Closed when answer.Finish is not FinishReason.None => null,
            StreamEnd.Error => new OllamaError(answer.EngineErrorStatus is >= 400 and <= 599 and var status ? status : 500, answer.EngineError!),
            StreamEnd.Malformed => Broken("the engine sent what is not an event"),
            _ => Broken(await EngineClient.DeathMessageAsync(lease.Runner, "unexpected EOF").ConfigureAwait(false)),
        };
    }

    private static OllamaError Broken(string reason) => new(500, "an error was encountered while running the model: " + reason);

    private static OllamaError? Refused(string? reason) => reason is null ? null : Broken(reason);

    private static string Interrupted(Lease lease) =>
        lease.Runner.Stopping.IsCancellationRequested ? "the model was unloaded" : "the server is shutting down";

    private long Since(long began) => Math.Max(1, time.GetElapsedTime(began).Ticks * 100);
}

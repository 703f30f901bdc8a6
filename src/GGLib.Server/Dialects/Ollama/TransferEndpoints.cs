using GGLib.Catalog;
using GGLib.Catalog.Registries;
using GGLib.Server.Requests;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary><c>POST /api/pull</c> and <c>/api/push</c>. A client that leaves a pull which nobody else waits for stops it; what came is kept.</summary>
internal sealed class TransferEndpoints(ModelTransfers transfers, ModelLibrary library)
{
    public Task PullAsync(HttpContext context) => HandleAsync(context, "PullRequest", (name, insecure) =>
    {
        var remote = RemoteName.Parse(name, out var wrong);
        return remote is null
            ? (null, OllamaError.BadRequest(wrong!.Fault is TransferFault.InvalidName ? "invalid model name" : wrong.Message))
            : (OrOwnAsync(transfers.PullAsync(remote, insecure, context.RequestAborted), name), null);
    });

    public Task PushAsync(HttpContext context) => HandleAsync(context, "PushRequest", (name, insecure) =>
    {
        if (name.Trim().Length == 0)
        {
            return (null, OllamaError.BadRequest("model is required"));
        }

        // Ollama reports these two inside its answer.
        return RemoteName.Parse(name, out _) is not RemoteName.Registry remote ? (NothingToPush("invalid model name", TransferFault.InvalidName), null)
            : library.Catalog.Find(name) is not { } model ? (NothingToPush($"model '{name}' not found", TransferFault.NotFound), null)
            : (transfers.PushAsync(model, remote, insecure, context.RequestAborted), null);
    });

    /// <summary>
    /// Ends a pull with success when no registry has the model or can be reached, but the library has one of this name that came from no registry: some clients pull every name that is not in the list
    /// with exactly this spelling, for example without its tag.
    /// </summary>
    private async IAsyncEnumerable<PullProgress> OrOwnAsync(IAsyncEnumerable<PullProgress> steps, string name)
    {
        await foreach (var step in steps.ConfigureAwait(false))
        {
            if (step.Failure is { Fault: TransferFault.NotFound or TransferFault.Unreachable } && library.Catalog.Find(name) is { IsMissing: false, Profile.Source: null })
            {
                yield break;
            }

            yield return step;
        }
    }

    private static async IAsyncEnumerable<PullProgress> NothingToPush(string message, TransferFault fault)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return new PullProgress("retrieving manifest");
        yield return new PullProgress("couldn't retrieve manifest");
        yield return new PullProgress("error") { Failure = new TransferFailure(fault, message) };
    }

    private static async Task HandleAsync(HttpContext context, string type, Func<string, bool, (IAsyncEnumerable<PullProgress>? Steps, OllamaError? Error)> begin)
    {
        using var body = await OllamaReply.ReadBodyAsync(context).ConfigureAwait(false);
        if (body is null)
        {
            return;
        }

        var request = new GoObject(body.Json, type);
        var (model, deprecated) = (request.String("model"), request.String("name"));
        var name = model.Length > 0 ? model : deprecated;
        var insecure = request.Bool("insecure") ?? false;
        var streams = request.Bool("stream") ?? true;

        // Not used, as in Ollama.
        _ = (request.String("username"), request.String("password"));

        // Ours: the program's own verbs turn it into an exit code.
        var tellsFaults = request.Bool("faults") ?? false;
        context.Notes().Model = name;
        var (steps, error) = request.Error is { } mistake ? (null, OllamaError.BadRequest(mistake)) : begin(name, insecure);
        if (steps is null)
        {
            await OllamaReply.WriteErrorAsync(context, error!).ConfigureAwait(false);
            return;
        }

        var progress = new OllamaProgress(context, streams);
        try
        {
            await foreach (var step in steps.WithCancellation(context.RequestAborted).ConfigureAwait(false))
            {
                if (step.Failure is { } failure)
                {
                    await progress.FailAsync(new OllamaError(StatusCodes.Status500InternalServerError, failure.Message), tellsFaults ? failure.Fault.ToString() : null).ConfigureAwait(false);
                    return;
                }

                if (!step.IsLast)
                {
                    await progress.ReportAsync(step.Status, step.Digest, step.Total, step.Completed).ConfigureAwait(false);
                }
            }

            await progress.SucceedAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has left; there is nobody to tell.
        }
    }
}

using GGLib.Catalog;
using GGLib.Engine.Launching;
using GGLib.Engine.Scheduling;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GGLib.Server.Inference;

/// <summary>Gives a request its turn on a model's runner: waits for it, holds it while the request is answered, and gives it back.</summary>
internal sealed class RunnerAccess(Scheduler scheduler, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<RunnerAccess> log)
{
    /// <summary>Waits for the model's runner and calls <paramref name="use"/>; once more on a fresh runner when that returns false.</summary>
    /// <param name="context">The request. Its leaving takes it out of the queue at once, and is no error.</param>
    /// <param name="model">The model wanted.</param>
    /// <param name="contextLength">The least context in tokens, or null.</param>
    /// <param name="keepAlive">Replaces the model's keep-alive when given.</param>
    /// <param name="began">When the request came, as a time stamp of the clock.</param>
    /// <param name="use">Answers the request.</param>
    /// <param name="load">What else the model's launch must have; null: nothing.</param>
    /// <returns>Null when the request was answered or its client has left; else why there was no runner, with nothing answered yet.</returns>
    public async Task<EngineFailure?> UseAsync(
        HttpContext context, CatalogModel model, int? contextLength, KeepAlive? keepAlive, long began, Func<RunnerTurn, Task<bool>> use, LoadOptions? load = null)
    {
        try
        {
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            for (var mayRetry = true; ; mayRetry = false)
            {
                var result = await AcquireAsync(context, model, contextLength, keepAlive, load ?? LoadOptions.None, leaving.Token).ConfigureAwait(false);
                if (result.Failure is { } failure)
                {
                    return failure;
                }

                using var lease = result.Lease!;
                using var ending = CancellationTokenSource.CreateLinkedTokenSource(leaving.Token, lease.Runner.Stopping);
                var waited = Math.Max(1, time.GetElapsedTime(began).Ticks * 100);
                context.Notes().LoadNanoseconds = waited;
                if (await use(new RunnerTurn(lease.Runner, waited, mayRetry, ending.Token)).ConfigureAwait(false) || !mayRetry)
                {
                    lease.IsAnswered = context.Notes().Error is null;
                    return null;
                }

                log.LogDebug("{Model} could not be reached ({Problem}); trying once more", model.Name, context.Notes().Error);
                context.Notes().Error = null;
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<LeaseResult> AcquireAsync(HttpContext context, CatalogModel model, int? contextLength, KeepAlive? keepAlive, LoadOptions load, CancellationToken leaving)
    {
        try
        {
            return await scheduler.AcquireAsync(ModelDirectory.ForEngine(model), contextLength, keepAlive, load, leaving).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return new LeaseResult(null, new EngineFailure.ShuttingDown());
        }
    }
}

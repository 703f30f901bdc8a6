using GGLib.Catalog;
using GGLib.Engine.Launching;
using GGLib.Engine.Scheduling;
using GGLib.Server.Failures;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GGLib.Server.Inference;

/// <summary>Gives a request its turn on a model's runner: waits for the runner, leases it while the request is answered, and releases it.</summary>
internal sealed class RunnerAccess(Scheduler scheduler, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<RunnerAccess> log)
{
    /// <summary>Waits for the model's runner and calls <paramref name="use"/>, once more on a fresh runner when that returns <see cref="TurnResult.Retry"/>.</summary>
    /// <param name="context">The request. When its client disconnects, it leaves the queue at once, which is not an error.</param>
    /// <param name="model">The model.</param>
    /// <param name="contextLength">The least context in tokens, or null.</param>
    /// <param name="keepAlive">Replaces the model's keep-alive when given.</param>
    /// <param name="began">When the request arrived, as a time stamp of the clock.</param>
    /// <param name="use">Answers the request.</param>
    /// <param name="load">Launch options that the request needs; null for none.</param>
    /// <param name="wait">Waits for the lease instead of a plain await; null for a plain await.</param>
    /// <returns>Null when <paramref name="use"/> handled the request or the client has disconnected; else why there was no runner, with nothing written yet.</returns>
    public async Task<InferenceFailure?> UseAsync(
        HttpContext context, CatalogModel model, int? contextLength, KeepAlive? keepAlive, long began, Func<RunnerTurn, Task<TurnResult>> use, LoadOptions? load = null,
        Func<Task<LeaseResult>, Task<LeaseResult>>? wait = null)
    {
        try
        {
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            for (var mayRetry = true; ; mayRetry = false)
            {
                var acquiring = AcquireAsync(context, model, contextLength, keepAlive, load ?? LoadOptions.None, leaving.Token);
                var lent = await (wait is null ? acquiring : wait(acquiring)).ConfigureAwait(false);
                if (lent.Failure is { } failure)
                {
                    return EngineErrors.Of(failure);
                }

                using var lease = lent.Lease!;
                using var ending = CancellationTokenSource.CreateLinkedTokenSource(leaving.Token, lease.Runner.Stopping);
                var waited = Math.Max(1, time.GetElapsedTime(began).Ticks * 100);
                context.Notes().LoadNanoseconds = waited;
                var result = await use(new RunnerTurn(lease.Runner, waited, mayRetry, ending.Token)).ConfigureAwait(false);
                if (result is not TurnResult.Retry || !mayRetry)
                {
                    lease.IsAnswered = result is TurnResult.Answered;
                    return null;
                }

                log.LogDebug("{Model} could not be reached; trying once more", model.Name);
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

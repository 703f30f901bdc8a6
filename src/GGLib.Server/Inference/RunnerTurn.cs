using GGLib.Engine.Processes;
using GGLib.Server.Failures;

namespace GGLib.Server.Inference;

/// <summary>A request's turn on a runner.</summary>
/// <param name="Runner">The runner; it can die at any moment.</param>
/// <param name="LoadNanoseconds">From the request's arrival until the runner was ready for it.</param>
/// <param name="MayRetry">Whether returning <see cref="TurnResult.Retry"/> leads to another turn on a fresh runner.</param>
/// <param name="Ending">Canceled when the client disconnects, the runner is about to be stopped, or the program stops: open streams must not delay any of these.</param>
internal readonly record struct RunnerTurn(IRunner Runner, long LoadNanoseconds, bool MayRetry, CancellationToken Ending)
{
    /// <summary>Why a turn was cut short while its client was still connected.</summary>
    public InferenceFailure Interruption => new InferenceFailure.Interrupted(Runner.Stopping.IsCancellationRequested ? Runner.EndReason ?? "the model was unloaded" : "the server is shutting down");

    /// <summary>Whether a failure is worth another turn, for example when a runner died unnoticed and refuses connections.</summary>
    public bool Retries(InferenceFailure failure) => MayRetry && failure.MayRetry;
}

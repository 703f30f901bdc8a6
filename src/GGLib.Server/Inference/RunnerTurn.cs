using GGLib.Engine.Processes;

namespace GGLib.Server.Inference;

/// <summary>A request's turn on a runner.</summary>
/// <param name="Runner">The runner; it can die at any moment.</param>
/// <param name="LoadNanoseconds">From the request's arrival until the runner was ready for it.</param>
/// <param name="MayRetry">Whether returning false is followed by another turn, on a fresh runner.</param>
/// <param name="Ending">Cancelled when the client leaves, the runner is about to be ended, or the program stops: open streams must hold up none of them.</param>
internal readonly record struct RunnerTurn(IRunner Runner, long LoadNanoseconds, bool MayRetry, CancellationToken Ending)
{
    /// <summary>Why a turn was cut short while its client is still there.</summary>
    public string Interruption => Runner.Stopping.IsCancellationRequested ? Runner.EndReason ?? "the model was unloaded" : "the server is shutting down";

    /// <summary>Whether a problem is worth another turn, as when a runner has died without our knowing and refuses the connection.</summary>
    public bool Retries(EngineProblem problem) => MayRetry && problem.MayRepeat;
}

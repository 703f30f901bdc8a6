using GGLib.Engine.Launching;
using GGLib.Engine.Scheduling;

namespace GGLib.Engine.Processes;

/// <summary>Starts runners. The scheduler's only way to processes.</summary>
public interface IRunnerFactory
{
    /// <summary>Starts a child and returns when it answers, or when it is known that it never will.</summary>
    /// <exception cref="OperationCanceledException">The start was called off; nothing is left running.</exception>
    Task<RunnerResult> StartAsync(RunnerRequest request, CancellationToken cancellation);
}

/// <summary>What to start.</summary>
/// <param name="Model">The model.</param>
/// <param name="Instance">Unique for this gglib's life.</param>
/// <param name="Context">The largest context asked for, in tokens, or null.</param>
/// <param name="Settings">How models are run.</param>
public sealed record RunnerRequest(EngineModel Model, long Instance, int? Context, EngineSettings Settings)
{
    /// <summary>Where the child's lines go. Whoever asks for the start may read them from the first one on, and after a start that failed.</summary>
    public ChildLog Log { get; init; } = new();

    /// <summary>Bytes that context and slots are planned by; null: as much as the machine has.</summary>
    public long? AvailableBytes { get; init; }
}

/// <summary>A runner, or why there is none: exactly one of the two.</summary>
public readonly record struct RunnerResult(IRunner? Runner, EngineFailure? Failure);

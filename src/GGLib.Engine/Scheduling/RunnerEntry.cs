using GGLib.Engine.Launching;

namespace GGLib.Engine.Scheduling;

/// <summary>One model's runner as the scheduler sees it.</summary>
internal sealed record RunnerEntry
{
    public required EngineModel Model { get; init; }

    /// <summary>Distinguishes this start of the model from earlier ones: a late message about those must not touch this one.</summary>
    public required long Instance { get; init; }

    public required RunnerPhase Phase { get; init; }

    /// <summary>The context asked for at launch; null when none was.</summary>
    public int? AskedContext { get; init; }

    /// <summary>What else was asked for at launch.</summary>
    public LoadOptions AskedOptions { get; init; } = LoadOptions.None;

    /// <summary>The context it really has, in tokens; 0 until it is ready.</summary>
    public int ContextLength { get; init; }

    public int Leases { get; init; }

    /// <summary>Whether a lease on it was ever handed out.</summary>
    public bool HasServed { get; init; }

    public required KeepAlive KeepAlive { get; init; }

    /// <summary>When an idle runner is due to be unloaded; null while busy and for ever.</summary>
    public TimeSpan? DueAt { get; init; }

    /// <summary>When it last became idle, or ready.</summary>
    public TimeSpan LastUsed { get; init; }

    public TimeSpan ReadyAt { get; init; }

    /// <summary>Why it failed; null in every other phase.</summary>
    public EngineFailure? Failure { get; init; }

    public bool IsIdle => Phase is RunnerPhase.Ready && Leases == 0;

    /// <summary>Whether it occupies memory, and so a place among the loaded models.</summary>
    public bool Occupies => Phase is not RunnerPhase.Failed;

    /// <summary>A runner that was asked for as much at launch and got less will not get more by another launch.</summary>
    public bool Serves(Waiter waiter) =>
        (waiter.Context is null || waiter.Context <= ContextLength || waiter.Context <= AskedContext) && waiter.Options.IsServedBy(AskedOptions);
}

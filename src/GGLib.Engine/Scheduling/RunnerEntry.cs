using GGLib.Engine.Hardware;
using GGLib.Engine.Launching;

namespace GGLib.Engine.Scheduling;

/// <summary>One model's runner as the scheduler sees it.</summary>
internal sealed record RunnerEntry
{
    private static readonly TimeSpan ShortestLoad = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

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

    /// <summary>Most leases at once; <see cref="int.MaxValue"/> until it is ready.</summary>
    public int MostLeases { get; init; } = int.MaxValue;

    /// <summary>What it takes: estimated at the start, measured from when it is ready.</summary>
    public MemoryAmount Memory { get; init; }

    /// <summary>The estimate as it was at the start.</summary>
    public long EstimatedBytes { get; init; }

    /// <summary>Whether it stays for good.</summary>
    public bool IsPinned { get; init; }

    public TimeSpan StartedAt { get; init; }

    /// <summary>When somebody last waited for it while it was starting.</summary>
    public TimeSpan WantedAt { get; init; }

    /// <summary>Whether it has ever answered a request: then it is sound, and earlier crashes say nothing about it.</summary>
    public bool HasAnswered { get; init; }

    /// <summary>Why it is to be ended as soon as it is idle, other than for its keep-alive; null: it is not.</summary>
    public string? Worn { get; init; }

    /// <summary>Whether new requests cannot reach it.</summary>
    public bool IsLost { get; init; }

    /// <summary>Whether a lease on it was ever handed out.</summary>
    public bool HasServed { get; init; }

    public required KeepAlive KeepAlive { get; init; }

    /// <summary>When an idle runner is due to be unloaded; null while busy and for ever.</summary>
    public TimeSpan? DueAt { get; init; }

    /// <summary>When it last became idle, or ready.</summary>
    public TimeSpan LastUsed { get; init; }

    public TimeSpan ReadyAt { get; init; }

    /// <summary>Why it failed, or is being ended for having failed; else null.</summary>
    public EngineFailure? Failure { get; init; }

    public bool IsIdle => Phase is RunnerPhase.Ready && Leases == 0;

    /// <summary>Whether it occupies memory, and so a place among the loaded models.</summary>
    public bool Occupies => Phase is not RunnerPhase.Failed;

    public bool IsFull => Leases >= MostLeases;

    /// <summary>
    /// What keeping it is worth, in seconds of loading per second of not having been used: the least is evicted first, so that of models that load equally fast the one goes that
    /// was used least recently.
    /// </summary>
    public double Worth(TimeSpan now) => (ReadyAt - StartedAt + ShortestLoad) / (now - LastUsed + Moment);

    /// <summary>A runner that was asked for as much at launch and got less will not get more by another launch.</summary>
    public bool Serves(Waiter waiter) =>
        !IsLost && (waiter.Context is null || waiter.Context <= ContextLength || waiter.Context <= AskedContext) && waiter.Options.IsServedBy(AskedOptions);

    /// <summary>When it is due from now on if nobody uses it; null for never.</summary>
    public TimeSpan? DueAfter(TimeSpan now) => IsPinned ? null : KeepAlive.DueAfter(now);
}

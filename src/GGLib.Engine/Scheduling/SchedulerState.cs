using System.Collections.Immutable;
using GGLib.Engine.Hardware;

namespace GGLib.Engine.Scheduling;

/// <summary>Everything the scheduler decides by. Immutable: a step makes the next one.</summary>
internal sealed record SchedulerState
{
    public static SchedulerState Empty { get; } = new();

    /// <summary>By model key.</summary>
    public ImmutableDictionary<string, RunnerEntry> Runners { get; init; } = ImmutableDictionary.Create<string, RunnerEntry>(StringComparer.Ordinal);

    /// <summary>First come, first served.</summary>
    public ImmutableList<Waiter> Queue { get; init; } = [];

    /// <summary>Memory that all models together may use.</summary>
    public MemoryCapacity Capacity { get; init; } = MemoryCapacity.Unlimited;

    /// <summary>What a model has really taken when it was last loaded, by its key.</summary>
    public ImmutableDictionary<string, MeasuredLoad> Measured { get; init; } = ImmutableDictionary.Create<string, MeasuredLoad>(StringComparer.Ordinal);

    /// <summary>Failures per set of launch options.</summary>
    public ImmutableDictionary<LaunchKey, LaunchFailures> Failures { get; init; } = ImmutableDictionary<LaunchKey, LaunchFailures>.Empty;

    public long LastInstance { get; init; }

    public bool IsShuttingDown { get; init; }

    /// <summary>A model's entry, if it is still that of this start.</summary>
    public bool TryGet(string key, long instance, out RunnerEntry entry) => Runners.TryGetValue(key, out entry!) && entry.Instance == instance;

    /// <summary>With this entry in the place of the model's.</summary>
    public SchedulerState With(RunnerEntry entry) => this with { Runners = Runners.SetItem(entry.Model.Key, entry) };

    /// <summary>Without the waiters that a launch has failed for, which are refused: those who asked for exactly that, and all of the model if it was the default launch.</summary>
    public SchedulerState Refused(LaunchKey failed, EngineFailure failure, ImmutableArray<SchedulerEffect>.Builder effects) =>
        Refused(waiter => waiter.Model.Key == failed.Model && (failed.IsDefault || LaunchKey.Of(waiter) == failed) ? failure : null, effects);

    /// <summary>Without the waiters for which there is a failure.</summary>
    public SchedulerState Refused(Func<Waiter, EngineFailure?> why, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        var queue = Queue;
        foreach (var waiter in Queue)
        {
            if (why(waiter) is { } failure)
            {
                effects.Add(new SchedulerEffect.Refuse(waiter.Id, failure));
                queue = queue.Remove(waiter);
            }
        }

        return ReferenceEquals(queue, Queue) ? this : this with { Queue = queue };
    }
}

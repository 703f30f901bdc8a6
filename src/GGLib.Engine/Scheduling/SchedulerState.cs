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

    public long LastInstance { get; init; }

    public bool IsShuttingDown { get; init; }

    /// <summary>A model's entry, if it is still that of this start.</summary>
    public bool TryGet(string key, long instance, out RunnerEntry entry) => Runners.TryGetValue(key, out entry!) && entry.Instance == instance;

    /// <summary>With this entry in the place of the model's.</summary>
    public SchedulerState With(RunnerEntry entry) => this with { Runners = Runners.SetItem(entry.Model.Key, entry) };

    /// <summary>Without those who wait for a model, who are told why.</summary>
    public SchedulerState Refused(string key, EngineFailure failure, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        foreach (var waiter in Queue)
        {
            if (waiter.Model.Key == key)
            {
                effects.Add(new SchedulerEffect.Refuse(waiter.Id, failure));
            }
        }

        return this with { Queue = Queue.RemoveAll(waiter => waiter.Model.Key == key) };
    }
}

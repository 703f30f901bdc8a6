using System.Collections.Immutable;

namespace GGLib.Engine.Scheduling;

/// <summary>Everything the scheduler decides by. Immutable: a step makes the next one.</summary>
internal sealed record SchedulerState
{
    public static SchedulerState Empty { get; } = new();

    /// <summary>By model key.</summary>
    public ImmutableDictionary<string, RunnerEntry> Runners { get; init; } = ImmutableDictionary.Create<string, RunnerEntry>(StringComparer.Ordinal);

    /// <summary>First come, first served.</summary>
    public ImmutableList<Waiter> Queue { get; init; } = [];

    public long LastInstance { get; init; }

    public bool IsShuttingDown { get; init; }
}

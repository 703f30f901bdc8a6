using System.Collections.Immutable;

namespace GGLib.Engine.Scheduling;

/// <summary>What the news of a child make of the state: that it is ready, that it did not start, that it has ended. Pure.</summary>
internal static class RunnerNews
{
    // As many again wait inside llama-server, so that no slot stands idle between two requests.
    private const int LeasesPerSlot = 2;

    private const int MostMeasured = 256;

    public static SchedulerState Started(SchedulerState state, SchedulerEvent.Started started, TimeSpan now)
    {
        if (!state.TryGet(started.Key, started.Instance, out var entry) || entry.Phase is not RunnerPhase.Starting)
        {
            // Called off a moment before it was ready: until it has ended it holds what it has taken.
            return entry is { Phase: RunnerPhase.Stopping } && entry.Instance == started.Instance ? state.With(entry with { Memory = started.Memory ?? entry.Memory }) : state;
        }

        entry = entry with
        {
            Phase = RunnerPhase.Ready,
            ContextLength = started.ContextLength,
            MostLeases = started.Slots is > 0 and < int.MaxValue / LeasesPerSlot ? started.Slots * LeasesPerSlot : int.MaxValue,
            Memory = started.Memory ?? entry.Memory,
            ReadyAt = now,
            LastUsed = now,
            DueAt = entry.DueAfter(now),
        };
        state = state with { Failures = LaunchFailures.Started(state.Failures, entry) };
        if (started.Memory is { } memory)
        {
            // A key changes with its file: those of files that are gone are not asked for any more.
            var known = state.Measured.Count < MostMeasured ? state.Measured : state.Measured.Clear();
            state = state with { Measured = known.SetItem(started.Key, new MeasuredLoad(entry.EstimatedBytes, memory)) };
        }

        // All who wait now have this turn.
        state = state with { Queue = [.. state.Queue.Select(waiter => waiter.Model.Key == started.Key ? waiter with { Turn = started.Instance } : waiter)] };
        return state.With(entry);
    }

    public static SchedulerState StartFailed(SchedulerState state, SchedulerEvent.StartFailed failed, TimeSpan now, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        if (!state.TryGet(failed.Key, failed.Instance, out var entry))
        {
            return state;
        }

        if (entry.Phase is RunnerPhase.Stopping)
        {
            return state with { Runners = state.Runners.Remove(failed.Key) };
        }

        // The requests for this launch get the reason; the next request tries again.
        state = state.Refused(LaunchKey.Of(entry), failed.Failure, effects);
        return Failed(state, entry, failed.Failure, now);
    }

    public static SchedulerState Ended(SchedulerState state, SchedulerEvent.Ended ended, TimeSpan now)
    {
        if (!state.TryGet(ended.Key, ended.Instance, out var entry))
        {
            return state;
        }

        return entry is { Phase: RunnerPhase.Stopping, Failure: null }
            ? state with { Runners = state.Runners.Remove(ended.Key), Failures = state.Failures.Remove(LaunchKey.Of(entry)) }
            : Failed(state, entry, entry.Failure ?? new EngineFailure.LoadFailed(ended.Reason ?? "the model's process has ended"), now);
    }

    private static SchedulerState Failed(SchedulerState state, RunnerEntry entry, EngineFailure failure, TimeSpan now)
    {
        state = state with { Failures = LaunchFailures.Add(state.Failures, entry, failure, now) };
        return state.With(entry with
        {
            Phase = RunnerPhase.Failed,
            Failure = failure,
            Leases = 0,
            DueAt = null,
            Memory = default,
            Worn = null,
        });
    }
}

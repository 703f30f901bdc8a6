using System.Collections.Immutable;
using GGLib.Engine.Launching;

namespace GGLib.Engine.Scheduling;

/// <summary>
/// The scheduler's decisions: (state, event, now) → (state, effects), pure and synchronous, so that it can be checked by the
/// hundred thousand schedules. Time is time since start.
/// </summary>
/// <remarks>
/// Rules: requests are served first come, first served per model, and every waiter for a loaded model is served before another
/// model's load evicts it; only idle models are evicted, the least recently used first; a model that stays busy
/// while another model's request has waited longer than <see cref="EngineSettings.Patience"/> takes no newcomers, so its end is near; a load
/// that has begun is finished even if nobody waits for it any more.
/// </remarks>
internal sealed class SchedulerCore(EngineSettings settings)
{
    public (SchedulerState State, ImmutableArray<SchedulerEffect> Effects) Step(SchedulerState state, SchedulerEvent happened, TimeSpan now)
    {
        var effects = ImmutableArray.CreateBuilder<SchedulerEffect>();
        state = happened switch
        {
            SchedulerEvent.Arrive arrive => Arrive(state, arrive.Waiter, effects),
            SchedulerEvent.Leave leave => state with { Queue = state.Queue.RemoveAll(waiter => waiter.Id == leave.WaiterId) },
            SchedulerEvent.Release release => Release(state, release, now),
            SchedulerEvent.Unload unload => Unload(state, unload.Key, now),
            SchedulerEvent.Started started => Started(state, started, now),
            SchedulerEvent.StartFailed failed => StartFailed(state, failed, effects),
            SchedulerEvent.Ended ended => Ended(state, ended),
            SchedulerEvent.ShutDown => ShutDown(state, effects),
            _ => state,
        };
        state = Settle(state, now, effects);
        return (state, effects.DrainToImmutable());
    }

    /// <summary>When the next <see cref="SchedulerEvent.Tick"/> can change anything; null: never.</summary>
    public TimeSpan? NextTick(SchedulerState state, TimeSpan now)
    {
        TimeSpan? next = null;
        foreach (var entry in state.Runners.Values)
        {
            if (entry.IsIdle && entry.DueAt is { } due)
            {
                next = Earlier(next, due);
            }
        }

        foreach (var waiter in state.Queue)
        {
            var starved = waiter.Since + settings.Patience;
            if (starved > now)
            {
                next = Earlier(next, starved);
            }
        }

        return next;

        static TimeSpan Earlier(TimeSpan? first, TimeSpan second) => first is { } value && value < second ? value : second;
    }

    private SchedulerState Arrive(SchedulerState state, Waiter waiter, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        if (state.IsShuttingDown)
        {
            effects.Add(new SchedulerEffect.Refuse(waiter.Id, new EngineFailure.ShuttingDown()));
            return state;
        }

        if (state.Queue.Count >= settings.MaxQueue)
        {
            effects.Add(new SchedulerEffect.Refuse(waiter.Id, new EngineFailure.QueueFull()));
            return state;
        }

        return state with { Queue = state.Queue.Add(waiter) };
    }

    private static SchedulerState Release(SchedulerState state, SchedulerEvent.Release release, TimeSpan now)
    {
        if (!TryGet(state, release.Key, release.Instance, out var entry) || entry.Leases == 0)
        {
            return state;
        }

        entry = entry with { Leases = entry.Leases - 1, LastUsed = now };
        return With(state, entry.Leases == 0 ? entry with { DueAt = entry.KeepAlive.DueAfter(now) } : entry);
    }

    private static SchedulerState Unload(SchedulerState state, string key, TimeSpan now)
    {
        if (!state.Runners.TryGetValue(key, out var entry) || entry.Phase is RunnerPhase.Stopping or RunnerPhase.Failed)
        {
            return state;
        }

        entry = entry with { KeepAlive = KeepAlive.None };
        return With(state, entry.IsIdle ? entry with { DueAt = now } : entry);
    }

    private static SchedulerState Started(SchedulerState state, SchedulerEvent.Started started, TimeSpan now) =>
        TryGet(state, started.Key, started.Instance, out var entry) && entry.Phase is RunnerPhase.Starting
            ? With(state, entry with
            {
                Phase = RunnerPhase.Ready,
                ContextLength = started.ContextLength,
                ReadyAt = now,
                LastUsed = now,
                DueAt = entry.KeepAlive.DueAfter(now),
            })
            : state;

    private static SchedulerState StartFailed(SchedulerState state, SchedulerEvent.StartFailed failed, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        if (!TryGet(state, failed.Key, failed.Instance, out var entry))
        {
            return state;
        }

        if (entry.Phase is RunnerPhase.Stopping)
        {
            return state with { Runners = state.Runners.Remove(failed.Key) };
        }

        // All who wait for it hear why; the next request tries again.
        foreach (var waiter in state.Queue.Where(waiter => waiter.Model.Key == failed.Key))
        {
            effects.Add(new SchedulerEffect.Refuse(waiter.Id, failed.Failure));
        }

        state = state with { Queue = state.Queue.RemoveAll(waiter => waiter.Model.Key == failed.Key) };
        return With(state, entry with { Phase = RunnerPhase.Failed, Failure = failed.Failure, Leases = 0, DueAt = null });
    }

    private static SchedulerState Ended(SchedulerState state, SchedulerEvent.Ended ended)
    {
        if (!TryGet(state, ended.Key, ended.Instance, out var entry))
        {
            return state;
        }

        return entry.Phase is RunnerPhase.Stopping
            ? state with { Runners = state.Runners.Remove(ended.Key) }
            : With(state, entry with
            {
                Phase = RunnerPhase.Failed,
                Failure = new EngineFailure.LoadFailed(ended.Reason ?? "the model's process has ended"),
                Leases = 0,
                DueAt = null,
            });
    }

    private static SchedulerState ShutDown(SchedulerState state, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        foreach (var waiter in state.Queue)
        {
            effects.Add(new SchedulerEffect.Refuse(waiter.Id, new EngineFailure.ShuttingDown()));
        }

        state = state with { Queue = [], IsShuttingDown = true };
        foreach (var entry in state.Runners.Values.Where(entry => entry.Phase is RunnerPhase.Starting or RunnerPhase.Ready))
        {
            state = Stop(state, entry, effects);
        }

        return state;
    }

    /// <summary>Does everything that the state now allows: expiries, grants, starts, evictions.</summary>
    private SchedulerState Settle(SchedulerState state, TimeSpan now, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        if (state.IsShuttingDown)
        {
            return state;
        }

        state = Grant(state, now, effects);

        foreach (var entry in state.Runners.Values.Where(entry => entry.IsIdle && entry.DueAt <= now))
        {
            state = Stop(state, entry, effects);
        }

        return Load(state, effects);
    }

    private SchedulerState Grant(SchedulerState state, TimeSpan now, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        if (state.Queue.IsEmpty)
        {
            return state;
        }

        var draining = Draining(state, now);
        var granted = ImmutableHashSet.CreateBuilder<long>();
        // Within a model nobody overtakes: once one waits for a bigger context, those behind it wait too.
        var blocked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var waiter in state.Queue)
        {
            var key = waiter.Model.Key;
            if (!state.Runners.TryGetValue(key, out var entry) || entry.Phase is not RunnerPhase.Ready || draining.Contains(key) || blocked.Contains(key))
            {
                continue;
            }

            if (!entry.Serves(waiter))
            {
                blocked.Add(key);
                continue;
            }

            granted.Add(waiter.Id);
            effects.Add(new SchedulerEffect.Grant(waiter.Id, key, entry.Instance));
            state = With(state, entry with
            {
                Leases = entry.Leases + 1,
                HasServed = true,
                KeepAlive = waiter.KeepAlive ?? entry.KeepAlive,
                DueAt = null,
                LastUsed = now,
            });
        }

        return granted.Count == 0 ? state : state with { Queue = state.Queue.RemoveAll(waiter => granted.Contains(waiter.Id)) };
    }

    /// <summary>
    /// Runners that take no newcomers, so that they become idle and make room: as many as there are models whose first waiter has lost patience, the longest ready
    /// first. One that has become idle stays among them, or who came late would take it again and again.
    /// </summary>
    private HashSet<string> Draining(SchedulerState state, TimeSpan now)
    {
        var draining = new HashSet<string>(StringComparer.Ordinal);
        var starved = new HashSet<string>(StringComparer.Ordinal);
        foreach (var waiter in state.Queue)
        {
            if (now - waiter.Since < settings.Patience)
            {
                continue;
            }

            if (!state.Runners.TryGetValue(waiter.Model.Key, out var entry) || entry.Phase is RunnerPhase.Failed)
            {
                starved.Add(waiter.Model.Key);
            }
        }

        if (starved.Count == 0)
        {
            return draining;
        }

        // A runner that has just loaded serves all who wait for it first: else two models would take the place from each other unused.
        var awaited = state.Queue.Select(waiter => waiter.Model.Key).ToHashSet(StringComparer.Ordinal);
        var free = settings.MaxLoadedModels - state.Runners.Values.Count(entry => entry.Occupies)
            + state.Runners.Values.Count(entry => entry.Phase is RunnerPhase.Stopping || (entry.IsIdle && !awaited.Contains(entry.Model.Key)));
        draining.UnionWith(state.Runners.Values
            .Where(entry => entry.Phase is RunnerPhase.Ready && entry.HasServed && (!entry.IsIdle || awaited.Contains(entry.Model.Key)))
            .OrderByDescending(entry => entry.IsIdle).ThenBy(entry => entry.ReadyAt).ThenBy(entry => entry.Instance)
            .Take(Math.Max(0, starved.Count - free))
            .Select(entry => entry.Model.Key));
        return draining;
    }

    private SchedulerState Load(SchedulerState state, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        var free = settings.MaxLoadedModels - state.Runners.Values.Count(entry => entry.Occupies);
        var leaving = state.Runners.Values.Count(entry => entry.Phase is RunnerPhase.Stopping);
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var waiter in state.Queue)
        {
            var key = waiter.Model.Key;
            if (!wanted.Add(key))
            {
                continue;
            }

            if (state.Runners.TryGetValue(key, out var entry) && entry.Phase is not RunnerPhase.Failed)
            {
                // Ready but too small: it must end before it can start with more. A stopping one comes back by itself when it has ended.
                if (entry.IsIdle && !entry.Serves(waiter))
                {
                    state = Stop(state, entry, effects);
                }

                continue;
            }

            if (free > 0)
            {
                free--;
                state = Start(state, waiter, effects);
            }
            else if (leaving > 0)
            {
                leaving--;
            }
            else if (LeastRecentlyUsed(state, wanted) is { } victim)
            {
                state = Stop(state, victim, effects);
            }
        }

        return state;
    }

    private static RunnerEntry? LeastRecentlyUsed(SchedulerState state, HashSet<string> wanted) =>
        state.Runners.Values
            .Where(entry => entry.IsIdle && !wanted.Contains(entry.Model.Key))
            .OrderBy(entry => entry.LastUsed).ThenBy(entry => entry.Instance)
            .FirstOrDefault();

    private SchedulerState Start(SchedulerState state, Waiter first, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        var waiters = state.Queue.Where(waiter => waiter.Model.Key == first.Model.Key).ToList();
        var context = waiters.Max(waiter => waiter.Context);
        // Who disagrees with those before it waits for a launch of its own.
        var options = waiters.Aggregate(LoadOptions.None, static (sum, waiter) => sum.Over(waiter.Options));
        var instance = state.LastInstance + 1;
        effects.Add(new SchedulerEffect.Start(first.Model, instance, context, options));
        return With(state with { LastInstance = instance }, new RunnerEntry
        {
            Model = first.Model,
            Instance = instance,
            Phase = RunnerPhase.Starting,
            AskedContext = context,
            AskedOptions = options,
            KeepAlive = waiters.LastOrDefault(waiter => waiter.KeepAlive is not null)?.KeepAlive ?? first.Model.KeepAlive ?? settings.KeepAlive,
        });
    }

    private static SchedulerState Stop(SchedulerState state, RunnerEntry entry, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        effects.Add(new SchedulerEffect.Stop(entry.Model.Key, entry.Instance));
        return With(state, entry with { Phase = RunnerPhase.Stopping, DueAt = null });
    }

    private static bool TryGet(SchedulerState state, string key, long instance, out RunnerEntry entry) =>
        state.Runners.TryGetValue(key, out entry!) && entry.Instance == instance;

    private static SchedulerState With(SchedulerState state, RunnerEntry entry) =>
        state with { Runners = state.Runners.SetItem(entry.Model.Key, entry) };
}

using System.Collections.Immutable;
using GGLib.Engine.Hardware;
using GGLib.Engine.Launching;

namespace GGLib.Engine.Scheduling;

/// <summary>
/// The scheduler's decisions: (state, event, now) → (state, effects), pure and synchronous, so that it can be checked by the
/// hundred thousand schedules. Time is time since start.
/// </summary>
/// <remarks>
/// Rules. Requests of one model are served in their order, and no more at once than its child has use for; all who waited when a model was loaded have their turn before another model's load evicts it. A model is loaded when its memory
/// fits beside what is loaded; only idle models are evicted, the one whose keeping is worth least first, and pinned ones never. Once a
/// request for a model that is not loaded has waited longer than <see cref="EngineSettings.Patience"/>, room is kept free for it, and as many models
/// as it needs to go take no newcomers. A load that has begun is finished even if its asker has left, unless nobody comes back for it.
/// A failure counts against what the process was launched with (<see cref="LaunchKey"/>): only requests that ask for exactly that are refused, and a loaded model is not given up for it.
/// </remarks>
internal sealed class SchedulerCore(EngineSettings settings)
{
    public (SchedulerState State, ImmutableArray<SchedulerEffect> Effects) Step(SchedulerState state, SchedulerEvent happened, TimeSpan now)
    {
        var effects = ImmutableArray.CreateBuilder<SchedulerEffect>();
        state = happened switch
        {
            SchedulerEvent.Arrive arrive => Arrive(state, arrive.Waiter, now, effects),
            SchedulerEvent.Leave leave => Leave(state, leave.WaiterId, now),
            SchedulerEvent.Release release => Release(state, release, now),
            SchedulerEvent.Unload unload => Unload(state, unload.Key, now),
            SchedulerEvent.Started started => RunnerNews.Started(state, started, now),
            SchedulerEvent.StartFailed failed => RunnerNews.StartFailed(state, failed, now, effects),
            SchedulerEvent.Ended ended => RunnerNews.Ended(state, ended, now),
            SchedulerEvent.CapacityRead read => state with { Capacity = read.Capacity },
            SchedulerEvent.Stalled stalled => Stalled(state, stalled, effects),
            SchedulerEvent.WornOut worn => state.TryGet(worn.Key, worn.Instance, out var entry) && entry.Phase is RunnerPhase.Ready ? state.With(entry with { Worn = worn.Reason }) : state,
            SchedulerEvent.Lost lost => Lost(state, lost, now),
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
                Consider(due);
            }
            else if (entry.Phase is RunnerPhase.Starting && !IsAwaited(state, entry.Model.Key))
            {
                Consider(entry.WantedAt + settings.UnwantedLoad);
            }

            if (entry.Phase is RunnerPhase.Ready && !state.Queue.IsEmpty && entry.ReadyAt + settings.Turn > now)
            {
                Consider(entry.ReadyAt + settings.Turn);
            }
        }

        foreach (var waiter in state.Queue)
        {
            var starved = waiter.Since + settings.Patience;
            if (starved > now)
            {
                Consider(starved);
            }
        }

        return next;

        void Consider(TimeSpan time) => next = next is { } earlier && earlier < time ? earlier : time;
    }

    private SchedulerState Arrive(SchedulerState state, Waiter waiter, TimeSpan now, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        EngineFailure? failure = null;
        if (state.IsShuttingDown)
        {
            failure = new EngineFailure.ShuttingDown();
        }
        else if (state.Queue.Count >= settings.MaxQueue && !IsServedAtOnce(state, waiter, now))
        {
            failure = new EngineFailure.QueueFull();
        }
        else if (!(state.Runners.TryGetValue(waiter.Model.Key, out var entry) && entry.Phase is RunnerPhase.Ready && entry.Serves(waiter)))
        {
            failure = Misfit(state, waiter.Model, LoadNeed.Of(waiter.Model, waiter.Context, waiter.Options, waiter.Settings, state));
        }

        if (failure is not null)
        {
            effects.Add(new SchedulerEffect.Refuse(waiter.Id, failure));
            return state;
        }

        return state with { Queue = state.Queue.Add(waiter) };
    }

    private bool IsServedAtOnce(SchedulerState state, Waiter waiter, TimeSpan now) =>
        state.Runners.TryGetValue(waiter.Model.Key, out var entry) && entry.Phase is RunnerPhase.Ready && !entry.IsFull && entry.Serves(waiter)
        && !IsAwaited(state, waiter.Model.Key) && !Draining(state with { Queue = state.Queue.Add(waiter) }, now).Keys.Contains(waiter.Model.Key);

    private static SchedulerState Leave(SchedulerState state, long waiterId, TimeSpan now)
    {
        var index = state.Queue.FindIndex(waiter => waiter.Id == waiterId);
        if (index < 0)
        {
            return state;
        }

        var key = state.Queue[index].Model.Key;
        state = state with { Queue = state.Queue.RemoveAt(index) };
        return state.Runners.TryGetValue(key, out var entry) && entry.Phase is RunnerPhase.Starting ? state.With(entry with { WantedAt = now }) : state;
    }

    private static SchedulerState Release(SchedulerState state, SchedulerEvent.Release release, TimeSpan now)
    {
        if (!state.TryGet(release.Key, release.Instance, out var entry) || entry.Leases == 0)
        {
            return state;
        }

        entry = entry with { Leases = entry.Leases - 1, LastUsed = now, HasAnswered = entry.HasAnswered || release.Answered };
        return state.With(entry.Leases == 0 ? entry with { DueAt = entry.DueAfter(now) } : entry);
    }

    private static SchedulerState Unload(SchedulerState state, string key, TimeSpan now)
    {
        if (!state.Runners.TryGetValue(key, out var entry) || entry.Phase is RunnerPhase.Stopping or RunnerPhase.Failed)
        {
            return state;
        }

        // Pinned or not: this is somebody's wish.
        entry = entry with { KeepAlive = KeepAlive.None, Worn = entry.IsPinned ? "asked to be unloaded" : entry.Worn };
        return state.With(entry.IsIdle ? entry with { DueAt = now } : entry);
    }

    /// <summary>It is ended at once, whoever is on it: they would wait for ever.</summary>
    private static SchedulerState Stalled(SchedulerState state, SchedulerEvent.Stalled stalled, ImmutableArray<SchedulerEffect>.Builder effects) =>
        state.TryGet(stalled.Key, stalled.Instance, out var entry) && entry.Phase is RunnerPhase.Ready
            ? Stop(state, entry with { Failure = new EngineFailure.LoadFailed(stalled.Reason) }, effects)
            : state;

    /// <summary>It ends when its open requests have ended; nobody else is sent to it.</summary>
    private static SchedulerState Lost(SchedulerState state, SchedulerEvent.Lost lost, TimeSpan now)
    {
        state = Release(state, new SchedulerEvent.Release(lost.Key, lost.Instance, false), now);
        return state.TryGet(lost.Key, lost.Instance, out var entry) && entry.Phase is RunnerPhase.Ready ? state.With(entry with { IsLost = true, Worn = lost.Reason }) : state;
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

    /// <summary>Does everything that the state now allows: grants, expiries, starts, evictions.</summary>
    private SchedulerState Settle(SchedulerState state, TimeSpan now, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        if (state.IsShuttingDown)
        {
            return state;
        }

        state = state.Failures.IsEmpty || state.Queue.IsEmpty ? state : RefuseHeldBack(state, now, effects);
        state = Grant(state, now, effects);
        foreach (var entry in state.Runners.Values)
        {
            var isOver = entry.IsIdle ? entry.DueAt <= now || entry.Worn is not null
                : entry.Phase is RunnerPhase.Starting && entry.WantedAt + settings.UnwantedLoad <= now && !IsAwaited(state, entry.Model.Key);
            if (isOver)
            {
                state = Stop(state, entry, effects);
            }
        }

        state = Load(state, now, effects);
        return Shed(state, now, effects);
    }

    private static SchedulerState RefuseHeldBack(SchedulerState state, TimeSpan now, ImmutableArray<SchedulerEffect>.Builder effects) =>
        state.Refused(waiter => LaunchFailures.Refusal(state, waiter, now), effects);

    private SchedulerState Grant(SchedulerState state, TimeSpan now, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        if (state.Queue.IsEmpty)
        {
            return state;
        }

        var (draining, firstStarved) = Draining(state, now);
        var granted = new HashSet<long>();
        // Within a model nobody overtakes: once one waits for a bigger context, those behind it wait too.
        var blocked = new HashSet<string>(StringComparer.Ordinal);
        var isNewcomer = false;
        foreach (var waiter in state.Queue)
        {
            isNewcomer |= waiter.Id == firstStarved;
            var key = waiter.Model.Key;
            if (!state.Runners.TryGetValue(key, out var entry) || entry.Phase is not RunnerPhase.Ready || blocked.Contains(key))
            {
                continue;
            }

            if (entry.IsFull || !entry.Serves(waiter) || (isNewcomer && draining.Contains(key) && !HasTurn(waiter, entry, now)))
            {
                blocked.Add(key);
                continue;
            }

            granted.Add(waiter.Id);
            effects.Add(new SchedulerEffect.Grant(waiter.Id, key, entry.Instance));
            state = state.With(entry with
            {
                Leases = entry.Leases + 1,
                HasServed = true,
                KeepAlive = waiter.KeepAlive ?? entry.KeepAlive,
                IsPinned = waiter.Settings.Pinned,
                DueAt = null,
                LastUsed = now,
            });
        }

        return granted.Count == 0 ? state : state with { Queue = state.Queue.RemoveAll(waiter => granted.Contains(waiter.Id)) };
    }

    private bool HasTurn(Waiter waiter, RunnerEntry entry, TimeSpan now) => waiter.Turn == entry.Instance && now - entry.ReadyAt < settings.Turn;

    /// <summary>
    /// Runners that take no newcomers, so that they become idle and make room for models whose first waiter has lost patience: as many as that takes, the longest ready first. One that has become idle stays
    /// among them, or who came late would take it again and again. With the first such waiter: those before it are no newcomers.
    /// </summary>
    private (HashSet<string> Keys, long FirstStarved) Draining(SchedulerState state, TimeSpan now)
    {
        var draining = new HashSet<string>(StringComparer.Ordinal);
        if (!state.Queue.Exists(waiter => IsStarved(state, waiter, now)))
        {
            return (draining, 0);
        }

        var firstStarved = 0L;
        var awaited = state.Queue.Select(static waiter => waiter.Model.Key).ToHashSet(StringComparer.Ordinal);
        var room = Free(state);
        foreach (var entry in state.Runners.Values)
        {
            if (entry.Phase is RunnerPhase.Stopping || (entry.IsIdle && !entry.IsPinned && !awaited.Contains(entry.Model.Key)))
            {
                room = room.Plus(entry.Memory);
            }
        }

        // A runner that has just loaded serves first: else two models would take the room from each other unused.
        var candidates = new Queue<RunnerEntry>(state.Runners.Values
            .Where(entry => entry is { Phase: RunnerPhase.Ready, HasServed: true, IsPinned: false } && (!entry.IsIdle || awaited.Contains(entry.Model.Key)))
            .OrderByDescending(static entry => entry.IsIdle).ThenBy(static entry => entry.ReadyAt).ThenBy(static entry => entry.Instance));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var waiter in state.Queue)
        {
            if (!IsStarved(state, waiter, now) || !seen.Add(waiter.Model.Key))
            {
                continue;
            }

            firstStarved = firstStarved == 0 ? waiter.Id : firstStarved;
            var need = Need(state, waiter, now).Memory;
            while (!room.Holds(need) && candidates.TryDequeue(out var candidate))
            {
                draining.Add(candidate.Model.Key);
                room = room.Plus(candidate.Memory);
            }

            room = room.Less(need);
        }

        return (draining, firstStarved);
    }

    private bool IsStarved(SchedulerState state, Waiter waiter, TimeSpan now) =>
        now - waiter.Since >= settings.Patience
        && (!state.Runners.TryGetValue(waiter.Model.Key, out var entry) || entry.Phase is RunnerPhase.Failed);

    private SchedulerState Load(SchedulerState state, TimeSpan now, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        if (state.Queue.IsEmpty)
        {
            return state;
        }

        // Free now, and once what is ending has ended.
        var free = Free(state);
        var coming = state.Runners.Values.Where(static entry => entry.Phase is RunnerPhase.Stopping).Aggregate(free, static (room, entry) => room.Plus(entry.Memory));
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var waiter in state.Queue)
        {
            var key = waiter.Model.Key;
            if (!wanted.Add(key))
            {
                continue;
            }

            if (state.Runners.TryGetValue(key, out var entry) && entry.Phase is RunnerPhase.Starting or RunnerPhase.Ready)
            {
                // Ready but too small: it must end before it can start with more.
                if (entry.IsIdle && !entry.Serves(waiter))
                {
                    state = Stop(state, entry, effects);
                    coming = coming.Plus(entry.Memory).Less(Need(state, waiter, now).Memory);
                }

                continue;
            }

            var need = Need(state, waiter, now);
            if (Misfit(state, waiter.Model, need) is { } misfit)
            {
                // Those behind it may want less.
                effects.Add(new SchedulerEffect.Refuse(waiter.Id, misfit));
                state = state with { Queue = state.Queue.Remove(waiter) };
                wanted.Remove(key);
                continue;
            }

            // One that is ending comes back by itself when it has ended.
            var isEnding = entry is { Phase: RunnerPhase.Stopping };
            if (!isEnding && free.Holds(need.Memory))
            {
                state = Start(state, waiter.Model, need, now, effects);
            }
            else if (!coming.Holds(need.Memory))
            {
                var victims = Eviction.Victims(state, wanted, coming, need.Memory, now);
                foreach (var victim in victims)
                {
                    state = Stop(state, victim, effects);
                    coming = coming.Plus(victim.Memory);
                }

                // Busy models must become idle first. Until this one has lost patience, others may have what is free.
                if (victims.Count == 0 && now - waiter.Since < settings.Patience)
                {
                    continue;
                }
            }

            free = free.Less(need.Memory);
            coming = coming.Less(need.Memory);
        }

        return state;
    }

    /// <summary>Where more is taken than there is, because models are larger than they were estimated or other programs need memory, idle models go; not the last one, for whose going nobody would be better off.</summary>
    private SchedulerState Shed(SchedulerState state, TimeSpan now, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        var occupying = state.Runners.Values.Where(static entry => entry.Phase is RunnerPhase.Starting or RunnerPhase.Ready).ToList();
        var room = Room.Of(state.Capacity, settings.MaxLoadedModels);
        room = occupying.Aggregate(room, static (left, entry) => left.Less(entry.Memory));
        if (room.IsEnough || occupying.Count < 2)
        {
            return state;
        }

        var awaited = state.Queue.Select(static waiter => waiter.Model.Key).ToHashSet(StringComparer.Ordinal);
        var left = occupying.Count;
        foreach (var entry in Eviction.Evictable(state, awaited, now).ToList())
        {
            if (left > 1 && room.IsHelpedBy(entry.Memory))
            {
                state = Stop(state, entry, effects);
                room = room.Plus(entry.Memory);
                left--;
            }
        }

        return state;
    }

    /// <summary>What is free when everything that occupies memory is counted.</summary>
    private Room Free(SchedulerState state)
    {
        var room = Room.Of(state.Capacity, settings.MaxLoadedModels);
        foreach (var entry in state.Runners.Values)
        {
            if (entry.Occupies)
            {
                room = room.Less(entry.Memory);
            }
        }

        return room;
    }

    /// <summary>Why the model cannot be loaded even when all that may be evicted is; null when it can.</summary>
    private EngineFailure.DoesNotFit? Misfit(SchedulerState state, EngineModel model, LoadNeed need)
    {
        var most = Room.Of(state.Capacity, settings.MaxLoadedModels);
        if (!most.Holds(need.Memory))
        {
            return new EngineFailure.DoesNotFit($"model '{model.Name}' needs {need.Describe()}, more than the {ByteText.Of(state.Capacity.TotalBytes)} that models may use ({state.Capacity.Reason})");
        }

        var pinned = state.Runners.Values.Where(entry => entry is { IsPinned: true, Phase: RunnerPhase.Starting or RunnerPhase.Ready } && entry.Model.Key != model.Key).ToList();
        if (pinned.Count == 0 || pinned.Aggregate(most, static (room, entry) => room.Less(entry.Memory)).Holds(need.Memory))
        {
            return null;
        }

        var names = string.Join(", ", pinned.Select(static entry => $"'{entry.Model.Name}'").Order(StringComparer.Ordinal));
        return new EngineFailure.DoesNotFit(settings.MaxLoadedModels > 0 && pinned.Count >= settings.MaxLoadedModels
            ? $"model '{model.Name}' cannot be loaded: maxLoadedModels is {settings.MaxLoadedModels}, and {names} is pinned"
            : $"model '{model.Name}' needs {need.Describe()}, more than the {ByteText.Of(state.Capacity.TotalBytes)} that models may use ({state.Capacity.Reason}) leave beside {names}, which is pinned");
    }

    /// <summary>The launch plan that serves all waiting requests for the model; only the first one's if the combination is impossible or has failed before.</summary>
    private LoadNeed Need(SchedulerState state, Waiter first, TimeSpan now)
    {
        int? context = null;
        var options = LoadOptions.None;
        var last = first;
        foreach (var waiter in state.Queue)
        {
            if (waiter.Model.Key == first.Model.Key)
            {
                context = context is { } most && !(waiter.Context > most) ? most : waiter.Context;

                // Who disagrees with those before it waits for a launch of its own.
                options = options.Over(waiter.Options);
                last = waiter;
            }
        }

        var need = LoadNeed.Of(first.Model, context, options, last.Settings, state);
        return (context == first.Context && options == first.Options)
            || (Misfit(state, first.Model, need) is null && !(state.Failures.TryGetValue(new(first.Model.Key, context, options), out var failures) && failures.Yields(now)))
            ? need
            : LoadNeed.Of(first.Model, first.Context, first.Options, first.Settings, state);
    }

    private SchedulerState Start(SchedulerState state, EngineModel model, LoadNeed need, TimeSpan now, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        var instance = state.LastInstance + 1;
        effects.Add(new SchedulerEffect.Start(model, instance, need));
        return (state with { LastInstance = instance }).With(new RunnerEntry
        {
            Model = model,
            Instance = instance,
            Phase = RunnerPhase.Starting,
            AskedContext = need.Context,
            AskedOptions = need.Options,
            Memory = need.Memory,
            EstimatedBytes = need.Plan.MemoryBytes,
            IsPinned = need.Settings.Pinned,
            StartedAt = now,
            WantedAt = now,
            KeepAlive = state.Queue.FindLast(waiter => waiter.Model.Key == model.Key && waiter.KeepAlive is not null)?.KeepAlive ?? model.KeepAlive ?? settings.KeepAlive,
        });
    }

    private static SchedulerState Stop(SchedulerState state, RunnerEntry entry, ImmutableArray<SchedulerEffect>.Builder effects)
    {
        effects.Add(new SchedulerEffect.Stop(entry.Model.Key, entry.Instance));
        return state.With(entry with { Phase = RunnerPhase.Stopping, DueAt = null });
    }

    private static bool IsAwaited(SchedulerState state, string key)
    {
        foreach (var waiter in state.Queue)
        {
            if (waiter.Model.Key == key)
            {
                return true;
            }
        }

        return false;
    }
}

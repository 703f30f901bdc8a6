using System.Collections.Immutable;

namespace GGLib.Engine.Scheduling;

/// <summary>The failures of one launch of a model. Immutable.</summary>
internal sealed record LaunchFailures
{
    private const int LongestLevel = 6;

    // Clients choose launches: more are forgotten, those of longest ago first.
    private const int Most = 256;

    private static readonly TimeSpan FirstYield = TimeSpan.FromMinutes(1);

    /// <summary>How often its processes have failed recently.</summary>
    public CrashHistory Crashes { get; init; } = CrashHistory.None;

    /// <summary>Starts in a row that failed; 0 after one that succeeded.</summary>
    public int FailedStarts { get; init; }

    /// <summary>Until then no loaded engine of the model is given up for this launch.</summary>
    public TimeSpan YieldsUntil { get; init; }

    /// <summary>The last failure.</summary>
    public required EngineFailure Last { get; init; }

    /// <summary>When that was.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>Whether nothing may be started with this launch alone, however idle the model is.</summary>
    public bool IsHeldBack(TimeSpan now) => Crashes.RefusedUntil > now;

    /// <summary>Whether a loaded engine of the model stays rather than being replaced with this launch: for a minute after the first failed start, then twice as long each time, up to half an hour.</summary>
    public bool Yields(TimeSpan now) => YieldsUntil > now || IsHeldBack(now);

    /// <summary>With one more failure.</summary>
    /// <param name="failures">All failures.</param>
    /// <param name="entry">The process that failed.</param>
    /// <param name="failure">Why.</param>
    /// <param name="now">When.</param>
    public static ImmutableDictionary<LaunchKey, LaunchFailures> Add(ImmutableDictionary<LaunchKey, LaunchFailures> failures, RunnerEntry entry, EngineFailure failure, TimeSpan now)
    {
        var key = LaunchKey.Of(entry);
        var earlier = failures.GetValueOrDefault(key);
        var starts = entry.Phase is RunnerPhase.Starting ? (earlier?.FailedStarts ?? 0) + 1 : 0;

        // One that has answered is sound: what happened before says nothing about this end.
        var crashes = ((entry.HasAnswered ? null : earlier?.Crashes) ?? CrashHistory.None).After(now);
        if (earlier is null && failures.Count >= Most)
        {
            failures = failures.RemoveRange(failures.OrderBy(static pair => pair.Value.At).Take(Most / 4).Select(static pair => pair.Key));
        }

        return failures.SetItem(key, new LaunchFailures
        {
            Crashes = crashes,
            FailedStarts = starts,
            YieldsUntil = starts > 0 ? now + (FirstYield * (1 << (Math.Min(starts, LongestLevel) - 1))) : TimeSpan.Zero,
            Last = failure,
            At = now,
        });
    }

    /// <summary>With the knowledge that a process has started.</summary>
    public static ImmutableDictionary<LaunchKey, LaunchFailures> Started(ImmutableDictionary<LaunchKey, LaunchFailures> failures, RunnerEntry entry) =>
        failures.TryGetValue(LaunchKey.Of(entry), out var earlier) && earlier.FailedStarts > 0
            ? failures.SetItem(LaunchKey.Of(entry), earlier with { FailedStarts = 0, YieldsUntil = TimeSpan.Zero })
            : failures;

    /// <summary>Why nothing is started for a waiter now; null if it can be, or if what is there will do.</summary>
    public static EngineFailure.CrashLoop? Refusal(SchedulerState state, Waiter waiter, TimeSpan now)
    {
        // A process that starts may do for this waiter, too: that is known when it is ready.
        if (state.Failures.IsEmpty || (state.Runners.TryGetValue(waiter.Model.Key, out var entry) && (entry.Phase is RunnerPhase.Starting || (entry.Phase is RunnerPhase.Ready && entry.Serves(waiter)))))
        {
            return null;
        }

        var own = LaunchKey.Of(waiter);
        if (entry is not { Phase: RunnerPhase.Ready } && state.Failures.TryGetValue(LaunchKey.Default(waiter.Model.Key), out var model) && model.IsHeldBack(now))
        {
            return HeldBack(waiter, model, now, "", "");
        }

        if (own.IsDefault || !state.Failures.TryGetValue(own, out var failures))
        {
            return null;
        }

        if (entry is { Phase: RunnerPhase.Ready } && failures.Yields(now))
        {
            var until = failures.YieldsUntil > failures.Crashes.RefusedUntil ? failures.YieldsUntil : failures.Crashes.RefusedUntil;
            return new($"model '{waiter.Model.Name}' failed with {own.Describe()}; it stays loaded without, and this is not tried again for {Seconds(until - now)} s; the last time: {failures.Last.Message}", until - now);
        }

        return failures.IsHeldBack(now) ? HeldBack(waiter, failures, now, $" with {own.Describe()}", " with that") : null;
    }

    private static EngineFailure.CrashLoop HeldBack(Waiter waiter, LaunchFailures failures, TimeSpan now, string with, string withThat)
    {
        var wait = failures.Crashes.RefusedUntil - now;
        return new($"model '{waiter.Model.Name}' has failed {failures.Crashes.Level + 2} times in a row{with} and is not started again{withThat} for {Seconds(wait)} s; the last time: {failures.Last.Message}", wait);
    }

    private static double Seconds(TimeSpan wait) => Math.Ceiling(wait.TotalSeconds);
}

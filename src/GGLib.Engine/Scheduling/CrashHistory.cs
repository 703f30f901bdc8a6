using System.Collections.Immutable;

namespace GGLib.Engine.Scheduling;

/// <summary>How often a model's process has failed of late, and until when it is not to be started therefore. Immutable.</summary>
internal sealed record CrashHistory
{
    private const int Most = 3;
    private const int LongestLevel = 6;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    public static CrashHistory None { get; } = new();

    /// <summary>When, of late; as many as count.</summary>
    public ImmutableArray<TimeSpan> Times { get; init; } = [];

    /// <summary>Failures in a row at which it was held back; 0: it is not.</summary>
    public int Level { get; init; }

    /// <summary>When it may be started again.</summary>
    public TimeSpan RefusedUntil { get; init; }

    /// <summary>
    /// With one more failure: after three within a minute the model is held back for 2 s, then with each further one that follows within a minute for twice as long,
    /// up to 64 s.
    /// </summary>
    public CrashHistory After(TimeSpan now)
    {
        ImmutableArray<TimeSpan> times = [.. Times.Where(time => now - time <= Window).TakeLast(Most - 1), now];
        var level = Level > 0 && now - RefusedUntil <= Window ? Math.Min(Level + 1, LongestLevel) : times.Length >= Most ? 1 : 0;
        return new CrashHistory { Times = times, Level = level, RefusedUntil = level > 0 ? now + TimeSpan.FromSeconds(1 << level) : TimeSpan.Zero };
    }
}

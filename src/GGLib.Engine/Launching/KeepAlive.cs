namespace GGLib.Engine.Launching;

/// <summary>How long a model stays loaded after its last request: a time, forever, or not at all.</summary>
public readonly record struct KeepAlive
{
    private readonly TimeSpan? _duration;

    private KeepAlive(TimeSpan? duration) => _duration = duration;

    /// <summary>Never unloaded for being idle.</summary>
    public static KeepAlive Forever { get; } = new(null);

    /// <summary>Unloaded as soon as idle.</summary>
    public static KeepAlive None { get; } = new(TimeSpan.Zero);

    /// <summary>Ollama's default, five minutes.</summary>
    public static KeepAlive Default { get; } = new(TimeSpan.FromMinutes(5));

    /// <summary>A negative time means forever, as in the Ollama API.</summary>
    public static KeepAlive For(TimeSpan duration) => duration < TimeSpan.Zero ? Forever : new(duration);

    /// <summary>Whether the model is to be unloaded as soon as it is idle.</summary>
    public bool IsNone => _duration == TimeSpan.Zero;

    /// <summary>Whether the model is never unloaded for being idle.</summary>
    public bool IsForever => _duration is null;

    /// <summary>When a model that became idle at <paramref name="idleSince"/> is due to be unloaded; null: never.</summary>
    public TimeSpan? DueAfter(TimeSpan idleSince) => _duration is { } duration ? Add(idleSince, duration) : null;

    // A request may name centuries; time since start plus that would overflow.
    private static TimeSpan Add(TimeSpan start, TimeSpan duration) =>
        duration > TimeSpan.MaxValue - start ? TimeSpan.MaxValue : start + duration;
}

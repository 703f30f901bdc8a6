namespace GGLib.Catalog.Imports;

/// <summary>When to look whether stores have changed: every few seconds, and less often the longer a look takes. Safe for any number of threads.</summary>
internal sealed class StoreLooks(TimeProvider time)
{
    /// <summary>How old a look may be.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    // For a name that is not there: a second look may well find it.
    private static readonly TimeSpan Urgent = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Rarest = TimeSpan.FromMinutes(1);

    // Nobody notices a list that takes this much longer.
    private static readonly TimeSpan Cheap = TimeSpan.FromMilliseconds(20);

    // A twentieth of the time at most goes into looking.
    private const int Share = 20;

    private long _lookedAt = time.GetTimestamp();
    private long _cost;
    private int _looking;

    /// <summary>Whether the caller may wait for a look.</summary>
    public bool IsCheap => Cost <= Cheap;

    private TimeSpan Cost => new(Interlocked.Read(ref _cost));

    /// <summary>Whether a look is due and nobody else has begun one. True: <see cref="End"/> has to follow.</summary>
    public bool TryBegin(bool urgently)
    {
        var shared = Cost * Share;
        var wait = urgently ? Urgent : Interval;
        wait = shared > wait ? shared : wait;
        return time.GetElapsedTime(Interlocked.Read(ref _lookedAt)) >= (wait < Rarest ? wait : Rarest) && Interlocked.CompareExchange(ref _looking, 1, 0) == 0;
    }

    /// <param name="cost">What the looking took, without the reading of what had changed.</param>
    public void End(TimeSpan cost)
    {
        Interlocked.Exchange(ref _cost, cost.Ticks);
        Interlocked.Exchange(ref _lookedAt, time.GetTimestamp());
        Volatile.Write(ref _looking, 0);
    }
}

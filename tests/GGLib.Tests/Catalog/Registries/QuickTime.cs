using System.Collections.Concurrent;

namespace GGLib.Tests.Catalog.Registries;

/// <summary>A clock whose timers are a hundred times as quick as asked, and which keeps what was asked.</summary>
internal sealed class QuickTime : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _asked = new();

    public IReadOnlyCollection<TimeSpan> Asked => _asked;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _asked.Enqueue(dueTime);
        return new QuickTimer(System.CreateTimer(callback, state, Quick(dueTime), period));
    }

    private static TimeSpan Quick(TimeSpan time) => time > TimeSpan.Zero ? time / 100 : time;

    private sealed class QuickTimer(ITimer inner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(Quick(dueTime), period);

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

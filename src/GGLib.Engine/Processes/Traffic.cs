namespace GGLib.Engine.Processes;

/// <summary>Notes that a child is heard from. One thread at a time adds; any thread reads.</summary>
internal sealed class Traffic
{
    private long _count;

    public long Count => Volatile.Read(ref _count);

    // Several connections at once may lose a count: what matters is that it changes.
    public void Add() => Volatile.Write(ref _count, _count + 1);
}

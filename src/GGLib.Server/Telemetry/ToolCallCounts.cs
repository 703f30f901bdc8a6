namespace GGLib.Server.Telemetry;

/// <summary>Counts what the checks of tool calls did since the server started. Thread-safe.</summary>
internal sealed class ToolCallCounts
{
    private long _repaired;
    private long _unrepaired;
    private long _loops;

    /// <summary>Invalid calls that were replaced by valid ones.</summary>
    public long RepairedCalls => Interlocked.Read(ref _repaired);

    /// <summary>Invalid calls that the client received, because the second answer was not valid either.</summary>
    public long UnrepairedCalls => Interlocked.Read(ref _unrepaired);

    /// <summary>Turns that were ended because the model repeated a call.</summary>
    public long EndedLoops => Interlocked.Read(ref _loops);

    public void Repaired(int calls) => Interlocked.Add(ref _repaired, calls);

    public void Unrepaired(int calls) => Interlocked.Add(ref _unrepaired, calls);

    public void LoopEnded() => Interlocked.Increment(ref _loops);
}

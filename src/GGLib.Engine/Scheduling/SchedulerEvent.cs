using GGLib.Engine.Hardware;

namespace GGLib.Engine.Scheduling;

/// <summary>What can happen to the scheduler.</summary>
internal abstract record SchedulerEvent
{
    /// <summary>A request wants a model.</summary>
    public sealed record Arrive(Waiter Waiter) : SchedulerEvent;

    /// <summary>A waiting request's client has left.</summary>
    public sealed record Leave(long WaiterId) : SchedulerEvent;

    /// <summary>A request that held a lease has ended, answered or not.</summary>
    public sealed record Release(string Key, long Instance, bool Answered) : SchedulerEvent;

    /// <summary>A model is to be unloaded as soon as it is idle.</summary>
    public sealed record Unload(string Key) : SchedulerEvent;

    /// <summary>A child answers, so many requests side by side (0: no limit), and has taken so much memory (null: as estimated).</summary>
    public sealed record Started(string Key, long Instance, int ContextLength, int Slots, MemoryAmount? Memory) : SchedulerEvent;

    /// <summary>A child did not come up; it has ended.</summary>
    public sealed record StartFailed(string Key, long Instance, EngineFailure Failure) : SchedulerEvent;

    /// <summary>A child that was ready has ended, asked to or not.</summary>
    public sealed record Ended(string Key, long Instance, string? Reason) : SchedulerEvent;

    /// <summary>The memory that models may use was looked at.</summary>
    public sealed record CapacityRead(MemoryCapacity Capacity) : SchedulerEvent;

    /// <summary>A ready child is alive but does nothing any more though a request is open.</summary>
    public sealed record Stalled(string Key, long Instance, string Reason) : SchedulerEvent;

    /// <summary>A ready child is to be replaced as soon as it is idle.</summary>
    public sealed record WornOut(string Key, long Instance, string Reason) : SchedulerEvent;

    /// <summary>A lease was granted on a ready child that new requests cannot reach; the lease is returned with this.</summary>
    public sealed record Lost(string Key, long Instance, string Reason) : SchedulerEvent;

    /// <summary>Time has passed.</summary>
    public sealed record Tick : SchedulerEvent;

    /// <summary>gglib is ending.</summary>
    public sealed record ShutDown : SchedulerEvent;
}

using GGLib.Engine.Launching;

namespace GGLib.Engine.Scheduling;

/// <summary>What the scheduler's shell is to do.</summary>
internal abstract record SchedulerEffect
{
    /// <summary>Start a child; answer with <see cref="SchedulerEvent.Started"/> or <see cref="SchedulerEvent.StartFailed"/>.</summary>
    public sealed record Start(EngineModel Model, long Instance, LoadNeed Need) : SchedulerEffect
    {
        public override string ToString() => $"Start {Model.Key}#{Instance} with {Need}";
    }

    /// <summary>End a child; answer with <see cref="SchedulerEvent.Ended"/>, or <see cref="SchedulerEvent.StartFailed"/> when it was still starting.</summary>
    public sealed record Stop(string Key, long Instance) : SchedulerEffect;

    /// <summary>Hand a lease to a waiter.</summary>
    public sealed record Grant(long WaiterId, string Key, long Instance) : SchedulerEffect;

    /// <summary>Tell a waiter that it gets none.</summary>
    public sealed record Refuse(long WaiterId, EngineFailure Failure) : SchedulerEffect;
}

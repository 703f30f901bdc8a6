namespace GGLib.Engine.Scheduling;

/// <summary>A lease, or why there is none: exactly one of the two.</summary>
public readonly record struct LeaseResult(Lease? Lease, EngineFailure? Failure);

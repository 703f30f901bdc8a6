namespace GGLib.Catalog.Registries.Plans;

/// <summary>A plan, or why there is none.</summary>
internal sealed record PlanOutcome(PullPlan? Plan, TransferFailure? Failure)
{
    public static PlanOutcome Of(PullPlan plan) => new(plan, null);

    public static PlanOutcome Failed(TransferFault fault, string message) => new(null, new TransferFailure(fault, message));
}

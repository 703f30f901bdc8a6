using GGLib.Engine.Hardware;
using GGLib.Engine.Launching;

namespace GGLib.Engine.Scheduling;

/// <summary>What loading a model for its waiters takes.</summary>
/// <param name="Context">The largest context asked for, or null.</param>
/// <param name="Options">What the waiters say of the launch.</param>
/// <param name="Settings">How the model is run, those options included.</param>
/// <param name="AvailableBytes">The bytes that the launch is planned by.</param>
/// <param name="Plan">Context and slots.</param>
/// <param name="Memory">The estimate, by place; what was measured at an earlier load of the same kind instead when there was one.</param>
internal sealed record LoadNeed(int? Context, LoadOptions Options, EngineSettings Settings, long AvailableBytes, LaunchPlan Plan, MemoryAmount Memory)
{
    public static LoadNeed Of(EngineModel model, int? context, LoadOptions options, EngineSettings settings, SchedulerState state)
    {
        settings = settings.With(options);
        var launched = settings.Over(model);
        var available = MemoryPlacement.AvailableTo(model, launched, state.Capacity);
        var plan = LaunchPlan.For(model, launched, context, available);
        var memory = state.Measured.TryGetValue(model.Key, out var measured) && measured.EstimatedBytes == plan.MemoryBytes
            ? measured.Memory
            : MemoryPlacement.Of(plan.MemoryBytes, launched, state.Capacity);
        return new LoadNeed(context, options, settings, available, plan, memory);
    }

    /// <summary>The sum, for people.</summary>
    public string Describe() => Memory.Total == Plan.MemoryBytes
        ? $"{ByteText.Of(Plan.MemoryBytes)} (weights {ByteText.Of(Plan.WeightBytes)}, {Plan.ContextLength} tokens × {Plan.Slots} of context {ByteText.Of(Plan.CacheBytes)}, working memory {ByteText.Of(Plan.MemoryBytes - Plan.WeightBytes - Plan.CacheBytes)})"
        : $"{ByteText.Of(Memory.Total)} (measured when it was last loaded with {Plan.ContextLength} tokens × {Plan.Slots} of context)";

    public override string ToString() => $"{Context}, {Memory}";
}

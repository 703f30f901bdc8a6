namespace GGLib.Engine.Launching;

/// <summary>The numbers a child is started with.</summary>
/// <param name="ContextLength">Tokens of context that one request may use.</param>
/// <param name="Slots">Requests answered side by side.</param>
/// <param name="MemoryBytes">Estimated memory: weights and key-value cache.</param>
public sealed record LaunchPlan(int ContextLength, int Slots, long MemoryBytes)
{
    private const int DefaultCeiling = 32768;
    private const int DefaultFloor = 4096;
    private const int DefaultSlots = 4;

    /// <summary>Chooses context and slots. Pure.</summary>
    /// <param name="model">The model to run.</param>
    /// <param name="settings">What the user fixed.</param>
    /// <param name="requestedContext">The largest <c>num_ctx</c> asked for, or null.</param>
    /// <param name="availableBytes">Memory that a new child may use.</param>
    public static LaunchPlan For(EngineModel model, EngineSettings settings, int? requestedContext, long availableBytes)
    {
        var trained = model.TrainingContext > 0 ? model.TrainingContext : int.MaxValue;
        var budget = Math.Max(0, availableBytes - model.SizeBytes) / 2;

        var context = requestedContext ?? settings.ContextLength ?? DefaultContext(model, trained, budget);
        context = Math.Min(Math.Max(context, 4), trained);

        var slots = settings.Parallel ?? (Fits(model, context, DefaultSlots, budget) ? DefaultSlots : 1);
        return new LaunchPlan(context, slots, model.SizeBytes + (model.KvBytesPerToken * context * slots));
    }

    // Ollama's 4096 cuts long prompts silently and is its users' first complaint. As much as half the free memory holds,
    // up to a size at which a prompt still takes seconds on a processor.
    private static int DefaultContext(EngineModel model, int trained, long budget)
    {
        if (model.IsEmbedding)
        {
            return Math.Min(trained, DefaultCeiling);
        }

        var affordable = model.KvBytesPerToken > 0 ? budget / model.KvBytesPerToken : DefaultCeiling;
        var context = (int)Math.Clamp(affordable / 256 * 256, DefaultFloor, DefaultCeiling);
        return Math.Min(context, trained);
    }

    private static bool Fits(EngineModel model, int context, int slots, long budget) =>
        model.KvBytesPerToken * context * slots <= budget;
}

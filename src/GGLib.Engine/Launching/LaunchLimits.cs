namespace GGLib.Engine.Launching;

/// <summary>
/// Bounds of the launch options that a client controls: those of a request, and those stored with a model, because a client can create models. The configuration is the administrator's and is
/// not limited, except where the engine would abort. Pure.
/// </summary>
internal static class LaunchLimits
{
    /// <summary>Slots that a plan gives a model if memory allows and the configuration does not set a number.</summary>
    public const int DefaultSlots = 4;

    // More threads than processors only wait for each other; the engine cannot create 100,000.
    private const int ThreadsPerProcessor = 4;

    // The buffers of a computation grow with the batch times the context.
    private const int MostBatch = 4096;

    // The warm-up computes two tokens at once.
    private const int LeastBatch = 2;

    // Some encoders need all tokens of an image in one batch, and the engine aborts if it is smaller. This is llama-server's own batch.
    private const int LeastImageBatch = 2048;

    // Far more than any model has layers, and more tokens than any model drafts correctly: larger values mean the same.
    private const int MostLayers = 1024;
    private const int MostDrafted = 1024;

    /// <summary>The options with each value in its range. A value that has no meaning, such as a negative count or a GPU that does not exist, means "automatic".</summary>
    /// <param name="options">The options of a request, or those stored with the model.</param>
    /// <param name="model">The model.</param>
    /// <param name="settings">How the model is run.</param>
    /// <param name="devices">The number of GPUs; 0 if there are none or their number is unknown.</param>
    /// <param name="processors">The number of processors.</param>
    public static LoadOptions Clamp(LoadOptions options, EngineModel model, EngineSettings settings, int devices, int processors) =>
        options == LoadOptions.None ? options : options with
        {
            GpuLayers = options.GpuLayers is >= 0 and var layers ? Math.Min(layers, MostLayers) : null,
            MainGpu = options.MainGpu is >= 0 and var gpu && (devices == 0 || gpu < devices) ? gpu : null,
            Threads = options.Threads is > 0 and var threads ? (int)Math.Min(threads, Math.Max(1L, processors) * ThreadsPerProcessor) : null,
            Batch = options.Batch is > 0 and var batch ? RaiseBatch(Math.Min(batch, MostBatchOf(model)), model, settings.Parallel ?? DefaultSlots) : null,
            DraftTokens = options.DraftTokens is >= 0 and var tokens ? Math.Min(tokens, MostDrafted) : null,
        };

    /// <summary>The context that a request asks for, within what the model was trained for; null if the request leaves it open.</summary>
    public static int? Clamp(int? context, EngineModel model) =>
        context is not > 0 ? null : model.TrainingContext > 0 ? Math.Min(context.Value, model.TrainingContext) : context;

    /// <summary>The batch, or the smallest one with which the engine starts: it aborts if the slots' tokens do not fit into one batch.</summary>
    public static int RaiseBatch(int batch, EngineModel model, int slots) =>
        Math.Max(batch, Math.Max(slots, model.ProjectorPath is null ? LeastBatch : LeastImageBatch));

    /// <summary>Why a request cannot be launched at all; null if it can.</summary>
    /// <param name="context">The context asked for, clamped; null if the request leaves it open.</param>
    /// <param name="settings">How the model is run.</param>
    public static string? Refusal(int? context, EngineSettings settings)
    {
        // The engine has one number for the context of all slots.
        var slots = Math.Max(1, settings.Parallel ?? DefaultSlots);
        var most = int.MaxValue / slots;
        return context > most ? $"a context of {context} tokens is not supported: with {slots} parallel requests the most is {most}" : null;
    }

    // An embedding model needs a whole input in one batch.
    private static int MostBatchOf(EngineModel model) => model.IsEmbedding ? Math.Max(MostBatch, model.TrainingContext) : MostBatch;
}

namespace GGLib.Engine.Launching;

/// <summary>The numbers a child is started with.</summary>
/// <param name="ContextLength">Tokens of context that one request may use.</param>
/// <param name="Slots">Requests answered side by side.</param>
/// <param name="MemoryBytes">Estimated memory: weights, key-value cache and working memory.</param>
public sealed record LaunchPlan(int ContextLength, int Slots, long MemoryBytes)
{
    private const int DefaultCeiling = 32768;
    private const int DefaultFloor = 4096;
    private const int DefaultSlots = LaunchLimits.DefaultSlots;

    // llama-server's own physical batch, which the working memory below contains.
    private const int UsualBatch = 512;

    // For each token of a batch, a number for each token of the context: the attention mask.
    private const int MaskBytes = 4;

    // No machine has as much memory; sums of a few of it do not overflow.
    private const long Unpayable = long.MaxValue / 16;

    // A process with its libraries, and the buffers of a computation: those grow with the model's width and vocabulary, which a share of its weights stands for.
    private const long WorkingLeast = 48L << 20;
    private const long WorkingMost = 1L << 30;
    private const int WorkingShare = 16;

    /// <summary>Where the context came from, with the arithmetic.</summary>
    public ValueOrigin ContextOrigin { get; init; } = ValueOrigin.Default;

    /// <summary>Where the number of slots came from, with the arithmetic.</summary>
    public ValueOrigin SlotsOrigin { get; init; } = ValueOrigin.Default;

    /// <summary>The arithmetic of the memory.</summary>
    public string MemoryText { get; init; } = "";

    /// <summary>The weights' part of the memory.</summary>
    public long WeightBytes { get; init; }

    /// <summary>The cache's part of the memory.</summary>
    public long CacheBytes { get; init; }

    /// <summary>Chooses context and slots. Pure.</summary>
    /// <param name="model">The model to run.</param>
    /// <param name="settings">What the user fixed.</param>
    /// <param name="requestedContext">The largest <c>num_ctx</c> asked for, or null.</param>
    /// <param name="availableBytes">Memory that a new child may use.</param>
    public static LaunchPlan For(EngineModel model, EngineSettings settings, int? requestedContext, long availableBytes)
    {
        var (keys, values) = (settings.KvCacheTypeK ?? settings.KvCacheType, settings.KvCacheTypeV ?? settings.KvCacheType);
        model = model with
        {
            SizeBytes = model.SizeBytes + settings.AttachedBytes,

            // Keys and values are of one size, but where a model compresses them.
            KvBytesPerToken = keys == values ? BytesPerToken(model.KvBytesPerToken, keys) : (BytesPerToken(model.KvBytesPerToken, keys) + BytesPerToken(model.KvBytesPerToken, values)) / 2,
        };
        var trained = model.TrainingContext > 0 ? model.TrainingContext : int.MaxValue;
        var budget = Math.Max(0, availableBytes - model.SizeBytes) / 2;
        var budgetText = $"half of what is left of {availableBytes} free bytes beside {model.SizeBytes} of weights = {budget}";

        var (wanted, contextOrigin) = requestedContext is { } requested ? (requested, new ValueOrigin(OriginKind.Request, "num_ctx"))
            : settings.ContextLength is { } configured ? (configured, settings.OriginOf(nameof(settings.ContextLength)))
            : DefaultContext(model, trained, budget, budgetText);
        var context = Math.Min(Math.Max(wanted, 4), trained);
        if (context < wanted)
        {
            contextOrigin = contextOrigin with { Text = $"{contextOrigin.Text}, {wanted} cut to the {trained} the model was trained for" };
        }

        var fits = Fits(model, context, DefaultSlots, budget);
        var slots = settings.Parallel ?? (fits ? DefaultSlots : 1);
        var cache = CacheOf(model, context, slots);
        var working = Math.Min(WorkingMost, WorkingLeast + (model.SizeBytes / WorkingShare)) + BatchBytes(settings, context, slots);
        return new LaunchPlan(context, slots, model.SizeBytes + cache + working)
        {
            WeightBytes = model.SizeBytes,
            CacheBytes = cache,
            ContextOrigin = contextOrigin,
            SlotsOrigin = settings.Parallel is null
                ? new(OriginKind.Computed, $"{DefaultSlots} contexts take {model.KvBytesPerToken} bytes a token × {context} × {DefaultSlots} = {CacheOf(model, context, DefaultSlots)}, which {(fits ? "is within" : "is more than")} {budgetText}")
                : settings.OriginOf(nameof(settings.Parallel)),
            MemoryText = $"weights {model.SizeBytes} + cache {model.KvBytesPerToken} bytes a token ({(keys == values ? keys ?? "16 bits" : $"{keys ?? "16 bits"} and {values ?? "16 bits"}")}) × {context} × {slots} slots + working memory {working}",
        };
    }

    // Ollama's 4096 cuts long prompts silently and is its users' first complaint. As much as half the free memory holds,
    // up to a size at which a prompt still takes seconds on a processor.
    private static (int Context, ValueOrigin Origin) DefaultContext(EngineModel model, int trained, long budget, string budgetText)
    {
        if (model.IsEmbedding)
        {
            return (Math.Min(trained, DefaultCeiling), new(OriginKind.ModelFile, $"what the embedding model was trained for, at most {DefaultCeiling}"));
        }

        var affordable = model.KvBytesPerToken > 0 ? budget / model.KvBytesPerToken : DefaultCeiling;
        var context = (int)Math.Clamp(affordable / 256 * 256, DefaultFloor, DefaultCeiling);
        var affordableText = model.KvBytesPerToken > 0 ? $"{budgetText}, ÷ {model.KvBytesPerToken} bytes a token = {affordable}" : "the cache's size is unknown";
        return trained < context
            ? (trained, new(OriginKind.ModelFile, $"the {trained} tokens the model was trained for ({affordableText})"))
            : (context, new(OriginKind.Computed, $"{affordableText}; between {DefaultFloor} and {DefaultCeiling}, in steps of 256"));
    }

    // Blocks of 32 numbers with a scale: 34 bytes at 8 bits where 16 bits take 64.
    private static long BytesPerToken(long at16Bits, string? type) => type switch
    {
        "f32" => at16Bits * 2,
        "q8_0" => at16Bits * 34 / 64,
        "q5_1" => at16Bits * 24 / 64,
        "q5_0" => at16Bits * 22 / 64,
        "q4_1" => at16Bits * 20 / 64,
        "q4_0" or "iq4_nl" => at16Bits * 18 / 64,
        _ => at16Bits,
    };

    private static bool Fits(EngineModel model, int context, int slots, long budget) => CacheOf(model, context, slots) <= budget;

    // A file can claim any sizes.
    private static long CacheOf(EngineModel model, int context, int slots) => (long)Int128.Min(Unpayable, (Int128)model.KvBytesPerToken * context * slots);

    private static long BatchBytes(EngineSettings settings, int context, int slots) =>
        settings.Batch is > UsualBatch and var batch
            ? (long)Int128.Clamp((Int128)(Math.Min(batch, (long)context * slots) - UsualBatch) * context * MaskBytes, 0, Unpayable)
            : 0;
}

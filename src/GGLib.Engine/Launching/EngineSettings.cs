using System.Collections.Frozen;

namespace GGLib.Engine.Launching;

/// <summary>How models are run, from the command line, the environment and the configuration. Immutable.</summary>
public sealed record EngineSettings : IEngineSettingsSource
{
    /// <summary>Most models loaded at once (<c>OLLAMA_MAX_LOADED_MODELS</c>); 0: as many as memory holds.</summary>
    public int MaxLoadedModels { get; init; }

    /// <summary>Most bytes of memory that all models together take, GPUs included; null: as the machine has.</summary>
    public long? MemoryBudget { get; init; }

    /// <summary>Whether a model that is loaded stays so: neither idleness nor another model's need of room ends it.</summary>
    public bool Pinned { get; init; }

    /// <summary>Most requests waiting for a model (<c>OLLAMA_MAX_QUEUE</c>).</summary>
    public int MaxQueue { get; init; } = 512;

    /// <summary>How long an idle model stays loaded when no request says otherwise (<c>OLLAMA_KEEP_ALIVE</c>).</summary>
    public KeepAlive KeepAlive { get; init; } = KeepAlive.Default;

    /// <summary>A load without any sign of progress for this long has failed (<c>OLLAMA_LOAD_TIMEOUT</c>); infinite when zero or less.</summary>
    public TimeSpan LoadStallTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Context per request in tokens when the request names none (<c>OLLAMA_CONTEXT_LENGTH</c>); null: from model and memory.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Whether <see cref="ContextLength"/> is said of this model and not of all: then it goes before what is stored with the model.</summary>
    public bool IsContextOfModel { get; init; }

    /// <summary>Requests a model answers side by side (<c>OLLAMA_NUM_PARALLEL</c>); null: from memory.</summary>
    public int? Parallel { get; init; }

    /// <summary>Type of the key and value cache (<c>OLLAMA_KV_CACHE_TYPE</c>); null: llama-server's own.</summary>
    public string? KvCacheType { get; init; }

    /// <summary>Type of the keys in the cache, where it is another than <see cref="KvCacheType"/>.</summary>
    public string? KvCacheTypeK { get; init; }

    /// <summary>Type of the values in the cache, where it is another than <see cref="KvCacheType"/>.</summary>
    public string? KvCacheTypeV { get; init; }

    /// <summary>Flash attention on or off (<c>OLLAMA_FLASH_ATTENTION</c>); null: llama-server decides.</summary>
    public bool? FlashAttention { get; init; }

    /// <summary>Layers on the graphics card; null or negative: llama-server decides by memory.</summary>
    public int? GpuLayers { get; init; }

    /// <summary>The one graphics card to use; null: llama-server decides.</summary>
    public int? MainGpu { get; init; }

    /// <summary>How the model is split over graphics cards (<c>none</c>, <c>layer</c>, <c>row</c>, <c>tensor</c>); null: llama-server decides, or <c>none</c> where <see cref="MainGpu"/> names the one card.</summary>
    public string? SplitMode { get; init; }

    /// <summary>The share of each graphics card, in any unit, in the order in which llama-server lists them; null: llama-server decides.</summary>
    public IReadOnlyList<double>? TensorSplit { get; init; }

    /// <summary>Threads that compute; null: llama-server decides.</summary>
    public int? Threads { get; init; }

    /// <summary>Threads that compute a prompt; null: as many as <see cref="Threads"/>.</summary>
    public int? ThreadsBatch { get; init; }

    /// <summary>Tokens of a prompt that are computed together; null: llama-server's own, of an embedding model as many as an input may have.</summary>
    public int? Batch { get; init; }

    /// <summary>Whether the model's file is mapped into memory; null: llama-server decides.</summary>
    public bool? Mmap { get; init; }

    /// <summary>Whether the context is shifted when an answer reaches its end, instead of ending the answer; null: it is not.</summary>
    public bool? ContextShift { get; init; }

    /// <summary>LoRA adapters instead of those that belong to the model; null: those.</summary>
    public IReadOnlyList<LaunchAdapter>? Adapters { get; init; }

    /// <summary>The model that drafts (speculative decoding) instead of the one that belongs to the model, absolute; null: that one.</summary>
    public string? DraftModel { get; init; }

    /// <summary>Most tokens that are drafted at once by a model or by prediction heads; 0: nothing is drafted; null: llama-server's own.</summary>
    public int? DraftTokens { get; init; }

    /// <summary>Kinds of speculative decoding, in llama-server's words; null: by the draft model where there is one.</summary>
    public IReadOnlyList<string>? Speculative { get; init; }

    /// <summary>Bytes of the files that these settings add to the model: adapters and the model that drafts.</summary>
    public long AttachedBytes { get; init; }

    /// <summary>Further arguments for llama-server, passed on as they are; see <see cref="ExtraArguments"/>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>By property name, where a value came from; what is not in it is gglib's default.</summary>
    public IReadOnlyDictionary<string, ValueOrigin> Origins { get; init; } = FrozenDictionary<string, ValueOrigin>.Empty;

    /// <summary>How long a request for a model that is not loaded waits for a busy one to become idle before newcomers to that one are held back.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a model that was loaded serves those who waited for it then, though another model's request has lost patience. Who has not had a turn by then
    /// keeps its place for the next.
    /// </summary>
    public TimeSpan Turn { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a load goes on that nobody waits for any more: a client that gave up may come back.</summary>
    public TimeSpan UnwantedLoad { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A child that is silent for this long while a request is open, and does not even compute, is replaced; one that computes in silence gets ten times as long. Zero or less: never.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// A child whose private memory has grown to more than this many times what it had after loading, and by <see cref="LeastGrowth"/> bytes, is replaced when idle; 0: never.
    /// </summary>
    public double MemoryGrowth { get; init; } = 2;

    /// <summary>Growth in bytes below which no child is replaced. llama-server keeps prompts in memory on purpose, so much and no more.</summary>
    public long LeastGrowth { get; init; } = 1L << 30;

    /// <summary>How long a child has to end after being asked to, before it is killed.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(3);

    EngineSettings IEngineSettingsSource.Current => this;

    /// <summary>Where the value of a property came from.</summary>
    public ValueOrigin OriginOf(string property) => Origins.GetValueOrDefault(property) ?? ValueOrigin.Default;

    EngineSettings IEngineSettingsSource.For(string model) => this;

    /// <summary>These settings, and where they say nothing of this model what is stored with it.</summary>
    public EngineSettings Over(EngineModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Stored == LoadOptions.None && model.StoredContext is null)
        {
            return this;
        }

        var origins = new Dictionary<string, ValueOrigin>(Origins);
        var stored = model.Stored;
        return this with
        {
            ContextLength = (IsContextOfModel ? ContextLength : null) ?? Stored(null, model.StoredContext, nameof(ContextLength), "num_ctx") ?? ContextLength,
            GpuLayers = Stored(GpuLayers, stored.GpuLayers, nameof(GpuLayers), "num_gpu"),
            MainGpu = Stored(MainGpu, stored.MainGpu, nameof(MainGpu), "main_gpu"),
            Threads = Stored(Threads, stored.Threads, nameof(Threads), "num_thread"),
            Batch = Stored(Batch, stored.Batch, nameof(Batch), "num_batch"),
            Mmap = Stored(Mmap, stored.Mmap, nameof(Mmap), "use_mmap"),
            DraftTokens = Stored(DraftTokens, stored.DraftTokens, nameof(DraftTokens), "draft_num_predict"),
            Origins = origins,
        };

        T? Stored<T>(T? said, T? value, string property, string option)
            where T : struct
        {
            if (said is null && value is not null)
            {
                origins[property] = new(OriginKind.Stored, $"PARAMETER {option} of the model");
            }

            return said ?? value;
        }
    }

    /// <summary>Whether answers of the model are drafted, or are when nobody forbids it.</summary>
    public bool Drafts(EngineModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return (DraftModel ?? model.DraftPath) is not null || Speculative is { Count: > 0 };
    }

    /// <summary>These settings with what a request says of its launch on top.</summary>
    public EngineSettings With(LoadOptions asked)
    {
        if (asked == LoadOptions.None)
        {
            return this;
        }

        var origins = new Dictionary<string, ValueOrigin>(Origins);
        return this with
        {
            GpuLayers = Asked(asked.GpuLayers, nameof(GpuLayers), "num_gpu") ?? GpuLayers,
            MainGpu = Asked(asked.MainGpu, nameof(MainGpu), "main_gpu") ?? MainGpu,
            Threads = Asked(asked.Threads, nameof(Threads), "num_thread") ?? Threads,
            Batch = Asked(asked.Batch, nameof(Batch), "num_batch") ?? Batch,
            Mmap = Asked(asked.Mmap, nameof(Mmap), "use_mmap") ?? Mmap,
            DraftTokens = Asked(asked.DraftTokens, nameof(DraftTokens), "draft_num_predict") ?? DraftTokens,
            ContextShift = Asked(asked.ContextShift, nameof(ContextShift), "shift") ?? ContextShift,
            Origins = origins,
        };

        T? Asked<T>(T? value, string property, string option)
            where T : struct
        {
            if (value is not null)
            {
                origins[property] = new(OriginKind.Request, option);
            }

            return value;
        }
    }
}

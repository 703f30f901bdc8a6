namespace GGLib.Engine.Launching;

/// <summary>How models are run, from the environment and the configuration. Immutable.</summary>
public sealed record EngineSettings
{
    /// <summary>Most models loaded at once (<c>OLLAMA_MAX_LOADED_MODELS</c>).</summary>
    public int MaxLoadedModels { get; init; } = 3;

    /// <summary>Most requests waiting for a model (<c>OLLAMA_MAX_QUEUE</c>).</summary>
    public int MaxQueue { get; init; } = 512;

    /// <summary>How long an idle model stays loaded when no request says otherwise (<c>OLLAMA_KEEP_ALIVE</c>).</summary>
    public KeepAlive KeepAlive { get; init; } = KeepAlive.Default;

    /// <summary>A load without any sign of progress for this long has failed (<c>OLLAMA_LOAD_TIMEOUT</c>); infinite when zero or less.</summary>
    public TimeSpan LoadStallTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Context per request in tokens when the request names none (<c>OLLAMA_CONTEXT_LENGTH</c>); null: from model and memory.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Requests a model answers side by side (<c>OLLAMA_NUM_PARALLEL</c>); null: from memory.</summary>
    public int? Parallel { get; init; }

    /// <summary>Type of the key and value cache (<c>OLLAMA_KV_CACHE_TYPE</c>); null: llama-server's own.</summary>
    public string? KvCacheType { get; init; }

    /// <summary>Flash attention on or off (<c>OLLAMA_FLASH_ATTENTION</c>); null: llama-server decides.</summary>
    public bool? FlashAttention { get; init; }

    /// <summary>How long a request for a model that is not loaded waits for a busy one to become idle before newcomers to that one are held back.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a child has to end after being asked to, before it is killed.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(3);
}

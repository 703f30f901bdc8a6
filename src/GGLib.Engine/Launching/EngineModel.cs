namespace GGLib.Engine.Launching;

/// <summary>What the engine needs to know of a model to run it. The catalog's richer record stays outside.</summary>
public sealed record EngineModel
{
    /// <summary>Identity: two requests with the same key share one runner.</summary>
    public required string Key { get; init; }

    /// <summary>The name people see, by which the settings have sections; the key where none is given.</summary>
    public string Name { get => field ?? Key; init; }

    /// <summary>How long it stays loaded when no request says otherwise, where that differs from other models; null: as all.</summary>
    public KeepAlive? KeepAlive { get; init; }

    /// <summary>The GGUF file, absolute; the first part of a split set.</summary>
    public required string Path { get; init; }

    /// <summary>The multimodal projector beside it, or null.</summary>
    public string? ProjectorPath { get; init; }

    /// <summary>Whether the model makes embeddings instead of text: llama-server must be told at launch.</summary>
    public bool IsEmbedding { get; init; }

    /// <summary>Whether the model is a reranker (<c>--pooling rank</c>).</summary>
    public bool IsReranker { get; init; }

    /// <summary>LoRA adapters to apply, absolute.</summary>
    public IReadOnlyList<string> AdapterPaths { get; init; } = [];

    /// <summary>The model that drafts for it (speculative decoding), absolute; null for none.</summary>
    public string? DraftPath { get; init; }

    /// <summary>A Jinja chat template to use instead of the file's own; null for that.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>
    /// Whether this is the model as one request wants it, for example with a template of its own, under a key of its own. It does not replace the model of the same <see cref="Name"/> that is loaded.
    /// </summary>
    public bool IsVariant { get; init; }

    /// <summary>What is stored with the model of how it is launched, for where neither a request nor the model's section says anything.</summary>
    public LoadOptions Stored { get; init; } = LoadOptions.None;

    /// <summary>The stored context in tokens; null when none is.</summary>
    public int? StoredContext { get; init; }

    /// <summary>Bytes of the weights on disk.</summary>
    public long SizeBytes { get; init; }

    /// <summary>The context the model was trained for, in tokens; 0 when its file does not say.</summary>
    public int TrainingContext { get; init; }

    /// <summary>Bytes of key and value cache that one token of context takes at 16 bits; 0 when unknown.</summary>
    public long KvBytesPerToken { get; init; }
}

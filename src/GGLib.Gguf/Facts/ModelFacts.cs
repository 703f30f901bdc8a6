using System.Collections.Immutable;

namespace GGLib.Gguf;

/// <summary>
/// What a server needs to know of a model without opening the file again: a few numbers, the chat template and what follows
/// from them. Immutable, cheap to keep and to serialise. A number that the file does not give is 0, a text is null.
/// </summary>
public sealed record ModelFacts
{
    /// <summary>Grows whenever the same file would yield other facts: stored facts of another number are to be derived anew.</summary>
    public const int Revision = 2;

    /// <summary>What the file is for. Only <see cref="ModelFileKind.Model"/> can be served by itself.</summary>
    public ModelFileKind Kind { get; init; }

    /// <summary><c>general.architecture</c>, which is also Ollama's family; <c>unknown</c> where the file does not say.</summary>
    public string Architecture { get; init; } = "unknown";

    /// <summary><c>general.name</c>: the name people gave it, or null.</summary>
    public string? Title { get; init; }

    /// <summary><c>general.license</c>, or null.</summary>
    public string? License { get; init; }

    /// <summary><c>general.parameter_count</c>, else the elements of all tensors.</summary>
    public long ParameterCount { get; init; }

    /// <summary>The parameter count as Ollama prints it, for example <c>8.0B</c> or <c>157K</c>.</summary>
    public string ParameterSize { get; init; } = "0";

    /// <summary>The name of <c>general.file_type</c>, for example <c>Q4_K_M</c>, else <c>unknown</c>.</summary>
    public string Quantization { get; init; } = "unknown";

    /// <summary>The longest context the model was trained for, in tokens.</summary>
    public long ContextLength { get; init; }

    /// <summary>The width of the model, and of its embedding vectors.</summary>
    public long EmbeddingLength { get; init; }

    /// <summary>The number of layers.</summary>
    public long BlockCount { get; init; }

    /// <summary>Attention heads; of a model whose layers differ, the most any layer has.</summary>
    public long HeadCount { get; init; }

    /// <summary>Key/value heads; of a model whose layers differ, the most any layer has.</summary>
    public long HeadCountKv { get; init; }

    /// <summary>Numbers in one key of one head.</summary>
    public long KeyLength { get; init; }

    /// <summary>Numbers in one value of one head.</summary>
    public long ValueLength { get; init; }

    /// <summary>
    /// Bytes of F16 key/value cache for one token of context, all layers together. An upper bound for models with sliding
    /// windows; 0 for models that keep no cache.
    /// </summary>
    public long KvBytesPerToken { get; init; }

    /// <summary>The model's own Jinja chat template, or null.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Names of further templates in the file (<c>tokenizer.chat_template.NAME</c>), sorted; <c>tool_use</c> is the usual one.</summary>
    public ImmutableArray<string> NamedTemplates { get; init; } = [];

    /// <summary><c>ARCH.pooling_type</c> (0 none, 1 mean, 2 cls, 3 last, 4 rank), or null when the file has none.</summary>
    public int? PoolingType { get; init; }

    /// <summary>The parts a model is split into (<c>split.count</c>); 1 for an ordinary file.</summary>
    public int SplitCount { get; init; } = 1;

    /// <summary>What the model can do, in Ollama's spelling and order; see <see cref="Capability"/>.</summary>
    public ImmutableArray<string> Capabilities { get; init; } = [];

    /// <summary>How the model's thinking can be controlled; <see cref="ThinkingKind.None"/> for one that does not think.</summary>
    public ThinkingKind Thinking { get; init; }

    /// <summary>
    /// The template's variable that turns thinking on and off (<c>enable_thinking</c>, <c>thinking</c>), to be sent in
    /// <c>chat_template_kwargs</c>; null when it has none.
    /// </summary>
    public string? ThinkingSwitch { get; init; }

    /// <summary>Whether the model scores pairs of texts instead of giving vectors. It still lists <c>embedding</c>.</summary>
    public bool IsReranker => Can(Capability.Rerank);

    /// <summary>Whether a capability is listed.</summary>
    public bool Can(string capability) => Capabilities.Contains(capability);

    /// <summary>Derives the facts from a header. Never throws: values of an unexpected type count as absent.</summary>
    /// <param name="file">The model's header, of a split model the first part's.</param>
    public static ModelFacts From(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return ModelFactsReader.Read(file);
    }

    /// <summary>The facts of a model in one file or several: those of its first part, with the parameters of all parts.</summary>
    public static ModelFacts From(GgufSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return ModelFactsReader.Read(set.First, set.ParameterCount);
    }

    /// <summary>The facts of this model served together with a projector: what the projector sees and hears is added.</summary>
    public ModelFacts With(ModelFacts projector)
    {
        ArgumentNullException.ThrowIfNull(projector);
        return this with { Capabilities = CapabilityRules.Ordered(Capabilities.Concat(projector.Capabilities)) };
    }

    /// <summary>The facts of this model served with another Jinja template than its own.</summary>
    public ModelFacts JudgedBy(string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        var (kind, name) = ThinkingRules.Of(template, Architecture);
        return JudgedBy(CapabilityRules.MentionsTools(template), Can(Capability.Insert), kind is not ThinkingKind.None) with { Thinking = kind, ThinkingSwitch = name };
    }

    /// <summary>The facts of this model served with a template that is no Jinja and can do what is said.</summary>
    /// <param name="tools">Whether it can offer tools.</param>
    /// <param name="insert">Whether it can ask for a gap to be filled in.</param>
    /// <param name="thinking">Whether it knows of thinking.</param>
    public ModelFacts JudgedBy(bool tools, bool insert, bool thinking)
    {
        var others = Capabilities.Where(static capability => capability is not (Capability.Tools or Capability.Insert or Capability.Thinking));
        string?[] judged = [tools ? Capability.Tools : null, insert ? Capability.Insert : null, thinking ? Capability.Thinking : null];
        return this with
        {
            Capabilities = CapabilityRules.Ordered(others.Concat(judged.OfType<string>())),
            Thinking = thinking ? ThinkingKind.Switch : ThinkingKind.None,
            ThinkingSwitch = null,
        };
    }

    /// <summary>Architecture, size and format in a few words, without the chat template.</summary>
    public override string ToString() => $"{Architecture} {ParameterSize} {Quantization}";
}

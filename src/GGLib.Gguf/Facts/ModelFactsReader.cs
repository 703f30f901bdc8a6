using System.Collections.Immutable;

namespace GGLib.Gguf;

/// <summary>Finds a model's facts in its metadata.</summary>
internal static class ModelFactsReader
{
    public const string ChatTemplateKey = "tokenizer.chat_template";

    public static ModelFacts Read(GgufFile file, long? parameters = null)
    {
        var metadata = file.Metadata;
        var architecture = metadata.Text("general.architecture") ?? "unknown";
        var attention = AttentionShape.Of(file, architecture);
        var count = ParameterCount(file, parameters);
        var kind = KindOf(file, architecture);
        var capabilities = CapabilityRules.Of(file, architecture, kind);
        var (thinking, thinkingSwitch) = capabilities.Contains(Capability.Thinking)
            ? ThinkingRules.Of(metadata.Text(ChatTemplateKey) ?? "", architecture)
            : (ThinkingKind.None, null);
        return new ModelFacts
        {
            Kind = kind,
            Architecture = architecture,
            Title = metadata.Text("general.name"),
            License = metadata.Text("general.license"),
            ParameterCount = count,
            ParameterSize = ParameterSizeText.Of(count),
            Quantization = FileTypeName.Of(metadata.Integer("general.file_type")),
            ContextLength = Natural(metadata, architecture + ".context_length"),
            EmbeddingLength = Natural(metadata, architecture + ".embedding_length"),
            BlockCount = Natural(metadata, architecture + ".block_count"),
            HeadCount = attention.HeadCount,
            HeadCountKv = attention.HeadCountKv,
            KeyLength = attention.KeyLength,
            ValueLength = attention.ValueLength,
            KvBytesPerToken = attention.KvBytesPerToken,
            ChatTemplate = metadata.Text(ChatTemplateKey),
            NamedTemplates = NamedTemplates(metadata),
            PoolingType = metadata.Integer(architecture + ".pooling_type") is { } pooling ? (int)Math.Clamp(pooling, -1, int.MaxValue) : null,
            SplitCount = (int)Math.Clamp(Natural(metadata, "split.count"), 1, 99_999),
            Thinking = thinking,
            ThinkingSwitch = thinkingSwitch,
            Capabilities = capabilities,
        };
    }

    /// <summary>An integer that makes sense as a count: absent and negative ones are 0.</summary>
    public static long Natural(GgufMetadata metadata, string key) => Math.Max(0, metadata.Integer(key) ?? 0);

    /// <summary>The count the file states, else the tensors' elements: the given sum over all parts, or the file's own.</summary>
    public static long ParameterCount(GgufFile file, long? elements = null) =>
        Natural(file.Metadata, "general.parameter_count") is > 0 and var stated ? stated : elements ?? file.ParameterCount;

    private static ModelFileKind KindOf(GgufFile file, string architecture)
    {
        var type = file.Metadata.Text("general.type");
        if (architecture == "clip" || type == "mmproj")
        {
            return ModelFileKind.Projector;
        }

        if (type == "adapter" || file.Metadata.ContainsKey("adapter.type") || architecture == "controlvector")
        {
            return ModelFileKind.Adapter;
        }

        return architecture is "unknown" or "imatrix" || type is "imatrix" or "vocab" or "dataset" ? ModelFileKind.Other : ModelFileKind.Model;
    }

    private static ImmutableArray<string> NamedTemplates(GgufMetadata metadata) =>
    [
        .. metadata
            .Where(entry => entry.Key.StartsWith(ChatTemplateKey + ".", StringComparison.Ordinal) && entry.Value.Text is not null)
            .Select(entry => entry.Key[(ChatTemplateKey.Length + 1)..])
            .Order(StringComparer.Ordinal),
    ];
}

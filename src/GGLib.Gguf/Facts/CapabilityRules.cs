using System.Collections.Immutable;

namespace GGLib.Gguf;

/// <summary>
/// What a model can do, judged from its metadata alone, by the rules Ollama uses for GGUF files. Where the two could
/// differ this lists more rather than less: a client that misses a capability hides the model.
/// </summary>
internal static class CapabilityRules
{
    private const int RankPooling = 4;

    private static readonly ImmutableArray<string> Order =
    [
        Capability.Completion, Capability.Embedding, Capability.Rerank, Capability.Vision, Capability.Audio, Capability.Tools, Capability.Insert, Capability.Thinking,
    ];

    public static ImmutableArray<string> Of(GgufFile file, string architecture, ModelFileKind kind) =>
        kind switch
        {
            ModelFileKind.Model => Ordered(OfModel(file, architecture)),
            ModelFileKind.Projector => Ordered(OfProjector(file.Metadata)),
            _ => [],
        };

    public static ImmutableArray<string> Ordered(IEnumerable<string> capabilities) =>
        [.. capabilities.Distinct(StringComparer.Ordinal).OrderBy(static capability => Order.IndexOf(capability))];

    private static IEnumerable<string> OfModel(GgufFile file, string architecture)
    {
        var metadata = file.Metadata;
        if (ModelFactsReader.Natural(metadata, architecture + ".vision.block_count") > 0)
        {
            yield return Capability.Vision;
        }

        if (ModelFactsReader.Natural(metadata, architecture + ".audio.block_count") > 0)
        {
            yield return Capability.Audio;
        }

        // Embedding models are often made from chat models and carry their template along: it says nothing about them.
        var ranks = Ranks(file, architecture);
        if (ranks || metadata.ContainsKey(architecture + ".pooling_type") || EmbeddingArchitectures.Contains(architecture))
        {
            yield return Capability.Embedding;
            if (ranks)
            {
                yield return Capability.Rerank;
            }

            yield break;
        }

        yield return Capability.Completion;
        var template = metadata.Text(ModelFactsReader.ChatTemplateKey) ?? "";
        if (MentionsTools(template) || metadata.Text(ModelFactsReader.ChatTemplateKey + ".tool_use") is not null)
        {
            yield return Capability.Tools;
        }

        if (file.HasFillInTokens || HasFillInTheMiddle(metadata))
        {
            yield return Capability.Insert;
        }

        if (ThinkingRules.Of(template, architecture).Kind is not ThinkingKind.None)
        {
            yield return Capability.Thinking;
        }
    }

    private static IEnumerable<string> OfProjector(GgufMetadata metadata)
    {
        // Old projectors name no encoder and are all for images.
        var hears = metadata.Bool("clip.has_audio_encoder") ?? false;
        if (metadata.Bool("clip.has_vision_encoder") ?? !hears)
        {
            yield return Capability.Vision;
        }

        if (hears)
        {
            yield return Capability.Audio;
        }
    }

    // Many rerankers name no pooling: what makes them one is the head that turns a pair of texts into a score.
    private static bool Ranks(GgufFile file, string architecture) =>
        file.Metadata.Integer(architecture + ".pooling_type") == RankPooling
        || file.Metadata.ContainsKey(architecture + ".classifier.output_labels")
        || file.Tensors.Any(static tensor => tensor.Name == "cls.output.weight");

    public static bool MentionsTools(string template) =>
        template.Contains("tools", StringComparison.Ordinal) || template.Contains("tool_call", StringComparison.Ordinal);

    // Two spellings of each: llama.cpp renamed them when repository-level tokens came.
    private static bool HasFillInTheMiddle(GgufMetadata metadata) =>
        (HasToken(metadata, "fim_pre") || HasToken(metadata, "prefix"))
        && (HasToken(metadata, "fim_suf") || HasToken(metadata, "suffix"))
        && (HasToken(metadata, "fim_mid") || HasToken(metadata, "middle"));

    private static bool HasToken(GgufMetadata metadata, string name) => metadata.Integer($"tokenizer.ggml.{name}_token_id") is >= 0;
}

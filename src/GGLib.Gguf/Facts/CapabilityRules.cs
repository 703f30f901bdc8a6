using System.Collections.Immutable;

namespace GGLib.Gguf;

/// <summary>
/// What a model can do, judged from its metadata alone, by the rules Ollama uses for GGUF files. Where the two could
/// differ this lists more rather than less: a client that misses a capability hides the model.
/// </summary>
internal static class CapabilityRules
{
    private static readonly ImmutableArray<string> Order =
    [
        Capability.Completion, Capability.Embedding, Capability.Vision, Capability.Audio, Capability.Tools, Capability.Insert, Capability.Thinking,
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
        if (metadata.ContainsKey(architecture + ".pooling_type") || EmbeddingArchitectures.Contains(architecture))
        {
            yield return Capability.Embedding;
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

        if (Thinks(template, architecture))
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

    private static bool MentionsTools(string template) =>
        template.Contains("tools", StringComparison.Ordinal) || template.Contains("tool_call", StringComparison.Ordinal);

    private static bool Thinks(string template, string architecture) =>
        architecture is "gpt-oss" or "gptoss"
        || (template.Contains("<think>", StringComparison.Ordinal) && template.Contains("</think>", StringComparison.Ordinal))
        || template.Contains("split('</think>')", StringComparison.Ordinal)
        || template.Contains("split(\"</think>\")", StringComparison.Ordinal)
        || template.Contains("enable_thinking", StringComparison.Ordinal);

    // Two spellings of each: llama.cpp renamed them when repository-level tokens came.
    private static bool HasFillInTheMiddle(GgufMetadata metadata) =>
        (HasToken(metadata, "fim_pre") || HasToken(metadata, "prefix"))
        && (HasToken(metadata, "fim_suf") || HasToken(metadata, "suffix"))
        && (HasToken(metadata, "fim_mid") || HasToken(metadata, "middle"));

    private static bool HasToken(GgufMetadata metadata, string name) => metadata.Integer($"tokenizer.ggml.{name}_token_id") is >= 0;
}

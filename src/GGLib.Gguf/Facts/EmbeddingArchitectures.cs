using System.Collections.Frozen;

namespace GGLib.Gguf;

/// <summary>The encoder architectures of llama.cpp: they embed even where a file names no pooling, and keep no key/value cache.</summary>
internal static class EmbeddingArchitectures
{
    private static readonly FrozenSet<string> Encoders = FrozenSet.Create(
        StringComparer.Ordinal,
        "bert",
        "modern-bert",
        "neo-bert",
        "eurobert",
        "nomic-bert",
        "nomic-bert-moe",
        "jina-bert-v2",
        "jina-bert-v3",
        "gte",
        "t5encoder",
        "gemma-embedding",
        "llama-embed");

    public static bool Contains(string architecture) => Encoders.Contains(architecture);
}

namespace GGLib.Gguf;

/// <summary>The names of what a model can do, as Ollama's API spells them.</summary>
public static class Capability
{
    /// <summary>Continues text and chats.</summary>
    public const string Completion = "completion";

    /// <summary>Turns text into vectors.</summary>
    public const string Embedding = "embedding";

    /// <summary>Scores how well texts answer a query. Ollama has no word for it; this is llama-server's.</summary>
    public const string Rerank = "rerank";

    /// <summary>Understands images.</summary>
    public const string Vision = "vision";

    /// <summary>Understands sound.</summary>
    public const string Audio = "audio";

    /// <summary>Its chat template can offer tools and carry their calls.</summary>
    public const string Tools = "tools";

    /// <summary>Fills in between a prefix and a suffix.</summary>
    public const string Insert = "insert";

    /// <summary>Its chat template separates reasoning from the answer.</summary>
    public const string Thinking = "thinking";
}

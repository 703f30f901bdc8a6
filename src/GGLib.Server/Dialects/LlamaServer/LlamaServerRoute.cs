namespace GGLib.Server.Dialects.LlamaServer;

/// <summary>One of llama-server's own endpoints.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path at llama-server.</param>
internal sealed record LlamaServerRoute(HttpMethod Method, string Path)
{
    public static LlamaServerRoute Rerank { get; } = new(HttpMethod.Post, "/v1/rerank") { Capability = Gguf.Capability.Rerank, Verb = "reranking" };

    public static LlamaServerRoute Transcribe { get; } = new(HttpMethod.Post, "/v1/audio/transcriptions") { Capability = Gguf.Capability.Audio, Verb = "audio", IsForm = true };

    public static LlamaServerRoute Infill { get; } = new(HttpMethod.Post, "/infill") { Capability = Gguf.Capability.Insert, Verb = "insert" };

    public static LlamaServerRoute Tokenize { get; } = new(HttpMethod.Post, "/tokenize");

    public static LlamaServerRoute Detokenize { get; } = new(HttpMethod.Post, "/detokenize");

    public static LlamaServerRoute Properties { get; } = new(HttpMethod.Get, "/props");

    public static LlamaServerRoute Slots { get; } = new(HttpMethod.Get, "/slots");

    /// <summary>The capability that the model needs, one of <see cref="Gguf.Capability"/>; null for none.</summary>
    public string? Capability { get; private init; }

    /// <summary>The capability in an error message.</summary>
    public string Verb { get; private init; } = "";

    /// <summary>Whether the body is a form (<c>multipart/form-data</c>) rather than JSON.</summary>
    public bool IsForm { get; private init; }
}

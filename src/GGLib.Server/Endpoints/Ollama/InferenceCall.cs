using GGLib.Catalog;
using GGLib.Engine.Processes;
using GGLib.Server.Endpoints.Ollama.Requests;
using GGLib.Server.Streaming;

namespace GGLib.Server.Endpoints.Ollama;

/// <summary>One request for generated text, checked and ready for the engine.</summary>
internal sealed record InferenceCall
{
    public required CatalogModel Model { get; init; }

    public required InferenceFields Fields { get; init; }

    public required OllamaOptions Options { get; init; }

    public required OllamaAnswerShape Shape { get; init; }

    /// <summary>The engine's path.</summary>
    public required string Path { get; init; }

    /// <summary>Makes the body for the runner that was given.</summary>
    public required Func<IRunner, byte[]> Body { get; init; }

    /// <summary>When the request came, as a time stamp of the clock.</summary>
    public required long Began { get; init; }
}

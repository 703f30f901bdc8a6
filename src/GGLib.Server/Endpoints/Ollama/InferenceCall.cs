using GGLib.Catalog;
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

    public required EngineRequest Request { get; init; }

    /// <summary>When the request came, as a time stamp of the clock.</summary>
    public required long Began { get; init; }
}

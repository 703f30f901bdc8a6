using GGLib.Catalog;
using GGLib.Server.Prompts;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>One request for generated text, checked and ready for the engine.</summary>
internal sealed record InferenceCall
{
    public required CatalogModel Model { get; init; }

    public required InferenceFields Fields { get; init; }

    public required OllamaOptions Options { get; init; }

    public required OllamaAnswerShape Shape { get; init; }

    public required IPrompt Prompt { get; init; }

    /// <summary>Whether the answer tells the tokens of prompt and answer (<c>context</c>).</summary>
    public required bool TellsContext { get; init; }

    /// <summary>Images and sounds of the request.</summary>
    public required int ImageCount { get; init; }

    /// <summary>When the request came, as a time stamp of the clock.</summary>
    public required long Began { get; init; }
}

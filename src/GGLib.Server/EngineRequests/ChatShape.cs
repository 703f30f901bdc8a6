namespace GGLib.Server.EngineRequests;

/// <summary>How the engine is to answer a chat, besides what the request asks for.</summary>
internal readonly record struct ChatShape
{
    /// <summary>The runner's name for the model, which the engine repeats in its answer; null when the answer is not relayed.</summary>
    public string? Alias { get; init; }

    /// <summary>The template's argument that turns thinking on and off; null for a model that cannot think.</summary>
    public string? ThinkingSwitch { get; init; }

    /// <summary>The runner's context in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Whether the answer is a stream of events.</summary>
    public required bool Stream { get; init; }

    /// <summary>Whether a stream ends with token counts.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>Whether log probabilities are asked for when the request wants them.</summary>
    public bool Logprobs { get; init; }

    /// <summary>Whether the prompt's token counts precede the answer.</summary>
    public bool ReportsProgress { get; init; }

    /// <summary>Whether the last event names the stop sequence. It then repeats the whole prompt too.</summary>
    public bool ReportsStopSequence { get; init; }
}

namespace GGLib.Server.Streaming;

/// <summary>What a piece of a model's answer is.</summary>
internal enum StreamEventKind
{
    /// <summary>Who speaks; llama-server sends it first, with nothing else.</summary>
    Role,

    /// <summary>A piece of thinking.</summary>
    Reasoning,

    /// <summary>A piece of the answer.</summary>
    Content,

    /// <summary>A piece of a tool call.</summary>
    ToolCallFragment,

    /// <summary>Log probabilities of the tokens of the event that follows.</summary>
    Logprobs,

    /// <summary>The model has ended, and why.</summary>
    Finish,

    /// <summary>Token counts and durations; before the first piece of the answer only the prompt's counts, when the engine reports them.</summary>
    Usage,

    /// <summary>The engine reports a failure.</summary>
    Error,
}

namespace GGLib.Server.Prompts;

/// <summary>How an answer reaches the client, as far as the engine must know.</summary>
internal readonly record struct AnswerOutput
{
    /// <summary>Whether the client's format is the engine's own, so that bytes may be relayed.</summary>
    public bool CanRelay { get; init; }

    /// <summary>Whether the answer starts with the prompt's token counts.</summary>
    public bool NeedsPromptCounts { get; init; }

    /// <summary>Whether the answer names the stop sequence that ended it.</summary>
    public bool NeedsStopSequence { get; init; }
}

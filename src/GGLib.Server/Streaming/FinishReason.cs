namespace GGLib.Server.Streaming;

/// <summary>Why an answer ended.</summary>
internal enum FinishReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The model ended its turn, or wrote a stop sequence.</summary>
    Stop,

    /// <summary>The token limit or the end of the context was reached.</summary>
    Length,

    /// <summary>The model called tools.</summary>
    ToolCalls,

    /// <summary>The turn was ended because the model repeats a tool call.</summary>
    ToolCallLoop,

    /// <summary>Nothing was generated: the model was loaded.</summary>
    Load,

    /// <summary>Nothing was generated: the model was unloaded.</summary>
    Unload,
}

namespace GGLib.Server.Streaming;

/// <summary>Why a model ended its answer.</summary>
internal enum FinishReason
{
    /// <summary>Nothing said yet.</summary>
    None,

    /// <summary>The model had no more to say, or a stop text was met.</summary>
    Stop,

    /// <summary>A limit of tokens or context.</summary>
    Length,

    /// <summary>Tools are to be called.</summary>
    ToolCalls,
}

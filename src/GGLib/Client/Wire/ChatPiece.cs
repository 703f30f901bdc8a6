namespace GGLib.Client.Wire;

/// <summary>A line of an answer. The last one has the counts; durations are in nanoseconds.</summary>
internal sealed record ChatPiece
{
    public ChatMessage? Message { get; init; }

    public bool Done { get; init; }

    public string? DoneReason { get; init; }

    /// <summary>Why the answer ends here.</summary>
    public string? Error { get; init; }

    public long TotalDuration { get; init; }

    public long LoadDuration { get; init; }

    public long PromptEvalCount { get; init; }

    public long PromptEvalDuration { get; init; }

    public long EvalCount { get; init; }

    public long EvalDuration { get; init; }
}

namespace GGLib.Server.Telemetry;

/// <summary>Details of one request for the request log, set as they become known. Stored as a feature of its <c>HttpContext</c>.</summary>
public sealed class RequestNotes
{
    /// <summary>The model's name as the client wrote it; null if the request names none.</summary>
    public string? Model { get; internal set; }

    /// <summary>Nanoseconds from the request's arrival until the model was ready.</summary>
    public long LoadNanoseconds { get; internal set; }

    /// <summary>Tokens of the prompt; null if unknown.</summary>
    public long? PromptTokens { get; internal set; }

    /// <summary>Generated tokens; null if unknown.</summary>
    public long? GeneratedTokens { get; internal set; }

    /// <summary>Generated tokens per second; null if unknown.</summary>
    public double? TokensPerSecond { get; internal set; }

    /// <summary>Invalid tool calls of the answer that were replaced by valid ones.</summary>
    public int RepairedToolCalls { get; internal set; }

    /// <summary>The reason why the answer contains an invalid tool call that could not be repaired; null if it contains none, or calls are not repaired.</summary>
    public string? ToolCallProblem { get; internal set; }

    /// <summary>Whether the answer was ended because the model repeated a tool call.</summary>
    public bool EndedToolCallLoop { get; internal set; }

    /// <summary>The error that the client received; null if there was none.</summary>
    public string? Error { get; internal set; }

    /// <summary>Records the counts of an answer.</summary>
    internal void RecordUsage(in TokenUsage usage, long generated)
    {
        PromptTokens = usage.PromptTokens;
        GeneratedTokens = generated;
        TokensPerSecond = generated > 1 && usage.GenerationNanoseconds is > 0 and var nanoseconds ? generated / (nanoseconds / 1e9) : null;
    }
}

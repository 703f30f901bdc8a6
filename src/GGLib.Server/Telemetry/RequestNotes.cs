namespace GGLib.Server.Telemetry;

/// <summary>What is worth telling about one request, noted as it becomes known. A feature of its <c>HttpContext</c>.</summary>
public sealed class RequestNotes
{
    /// <summary>The model asked for, as the client wrote it; null when none was.</summary>
    public string? Model { get; internal set; }

    /// <summary>Nanoseconds until the model was ready.</summary>
    public long LoadNanoseconds { get; internal set; }

    /// <summary>Tokens of the prompt; null when not known.</summary>
    public long? PromptTokens { get; internal set; }

    /// <summary>Tokens generated; null when not known.</summary>
    public long? GeneratedTokens { get; internal set; }

    /// <summary>Tokens generated per second; null when not known.</summary>
    public double? TokensPerSecond { get; internal set; }

    /// <summary>What went wrong; null when nothing.</summary>
    public string? Error { get; internal set; }

    internal void Take(in TokenUsage usage, long generated)
    {
        PromptTokens = usage.PromptTokens;
        GeneratedTokens = generated;
        TokensPerSecond = usage.GenerationNanoseconds is > 0 and var nanoseconds ? generated / (nanoseconds / 1e9) : null;
    }
}

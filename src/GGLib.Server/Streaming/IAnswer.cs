using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>Receives the events of an answer and keeps its outcome.</summary>
internal interface IAnswer : IStreamEventSink
{
    /// <summary>Why the model ended; <see cref="FinishReason.None"/> while it has not.</summary>
    FinishReason Finish { get; }

    /// <summary>The failure that the engine reported; null if none.</summary>
    string? EngineError { get; }

    /// <summary>The HTTP status of that failure; 0 if the engine gave none.</summary>
    int EngineErrorStatus { get; }

    /// <summary>Generated tokens: the engine's count, otherwise the number of pieces.</summary>
    long GeneratedTokens { get; }

    /// <summary>The counts that the engine has reported so far.</summary>
    TokenUsage Usage { get; }
}

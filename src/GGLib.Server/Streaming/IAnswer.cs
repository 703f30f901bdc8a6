using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>A dialect's writer of an answer: takes the engine's pieces, and knows how the engine ended it.</summary>
internal interface IAnswer : IStreamEventSink
{
    /// <summary>Why the model ended; <see cref="FinishReason.None"/> while it has not.</summary>
    FinishReason Finish { get; }

    /// <summary>What the engine reported as a failure; null when nothing.</summary>
    string? EngineError { get; }

    /// <summary>The status that the engine gave with it; 0 when none.</summary>
    int EngineErrorStatus { get; }

    /// <summary>Tokens generated: as reported, else the pieces counted.</summary>
    long GeneratedTokens { get; }

    /// <summary>What the engine has measured so far.</summary>
    TokenUsage Usage { get; }
}

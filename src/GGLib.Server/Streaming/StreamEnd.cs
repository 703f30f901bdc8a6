namespace GGLib.Server.Streaming;

/// <summary>How the engine's stream ended.</summary>
internal enum StreamEnd
{
    /// <summary>The terminating event was received.</summary>
    Done,

    /// <summary>The stream ended without a terminating event, as that of <c>/completion</c> does. The answer is complete if a finish was received.</summary>
    Closed,

    /// <summary>The engine reported a failure, which the sink received.</summary>
    Error,

    /// <summary>The connection broke: the process died or was stopped.</summary>
    Broken,

    /// <summary>The engine sent something that is not an event.</summary>
    Malformed,
}

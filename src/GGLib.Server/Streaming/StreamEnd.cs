namespace GGLib.Server.Streaming;

/// <summary>How the engine's stream ended.</summary>
internal enum StreamEnd
{
    /// <summary>With its mark of the end.</summary>
    Done,

    /// <summary>Without it, as <c>/completion</c> does; whether the answer is whole shows in whether a finish was seen.</summary>
    Closed,

    /// <summary>With a failure that the engine reported; the sink has it.</summary>
    Error,

    /// <summary>The connection broke: the process died or was ended.</summary>
    Broken,

    /// <summary>The engine sent what is no event.</summary>
    Malformed,
}

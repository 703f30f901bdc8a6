namespace GGLib.Engine.Processes;

/// <summary>How much a line of a child's log matters.</summary>
public enum ChildLogLevel
{
    /// <summary>The line carries no level: it comes from a library, or goes on from the line before.</summary>
    None,

    /// <summary>For developers of llama.cpp.</summary>
    Debug,

    /// <summary>What it does.</summary>
    Info,

    /// <summary>Something a user may want to change.</summary>
    Warning,

    /// <summary>Something failed.</summary>
    Error,
}

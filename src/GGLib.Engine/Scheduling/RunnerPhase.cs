namespace GGLib.Engine.Scheduling;

/// <summary>Where a model's child process is in its life. A model that never ran or has ended is simply not there.</summary>
public enum RunnerPhase
{
    /// <summary>The process is started and loads the model.</summary>
    Starting,

    /// <summary>Answers requests.</summary>
    Ready,

    /// <summary>Asked to end; still holds its memory.</summary>
    Stopping,

    /// <summary>Did not come up, or died. Holds nothing; the next request starts it anew.</summary>
    Failed,
}

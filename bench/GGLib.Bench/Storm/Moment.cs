namespace GGLib.Bench.Storm;

/// <summary>When in its life a child is killed.</summary>
internal enum Moment
{
    /// <summary>As soon as its process is seen.</summary>
    Starting,

    /// <summary>Some milliseconds later, while it loads.</summary>
    Loading,

    /// <summary>While it answers.</summary>
    Answering,

    /// <summary>While nobody asks.</summary>
    Idle,
}

namespace GGLib.Engine.Processes;

/// <summary>
/// Tells a slow load from a stalled one. A large model on a slow disk takes its time: only silence is failure. Any line of its log, any memory
/// filled and any real work is a sign of life; answering our own health questions is not.
/// </summary>
internal sealed class LoadProgress(ChildProcess child, TimeProvider time, long modelBytes)
{
    private const long ResidentStep = 1 << 20;

    // Health questions cost well under a thousandth of a core.
    private const double WorkingShare = 0.02;
    private static readonly TimeSpan WorkingLeast = TimeSpan.FromMilliseconds(30);

    // The warm-up comes after the last byte: only an answer is the end.
    private const double AlmostAll = 0.99;

    private long _lastSign = time.GetTimestamp();
    private long _lines;
    private TimeSpan _processor;
    private long _resident;

    /// <summary>How long the child has shown no sign of progress. Looks anew at each call.</summary>
    public TimeSpan Silence()
    {
        var silence = time.GetElapsedTime(_lastSign);
        var lines = child.Log.Count;
        var (processor, resident) = child.Usage();
        if (modelBytes > 0)
        {
            // Mapped weights count as resident once they are read, whichever device they go to.
            child.Log.SetLoaded(Math.Min((double)resident / modelBytes, AlmostAll));
        }

        var worked = processor - _processor;
        if (lines == _lines
            && Math.Abs(resident - _resident) < ResidentStep
            && (worked < WorkingLeast || worked < silence * WorkingShare))
        {
            return silence;
        }

        (_lines, _processor, _resident, _lastSign) = (lines, processor, resident, time.GetTimestamp());
        return TimeSpan.Zero;
    }
}

namespace GGLib.Engine.Processes;

/// <summary>The last lines a child wrote, and the last of them that told of an error. Thread-safe.</summary>
public sealed class ChildLog
{
    private const int Capacity = 512;
    private const int LongestLine = 2000;

    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new(Capacity);
    private string? _lastError;
    private long _count;

    /// <summary>Lines written so far: any growth is a sign of life.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>The last line that told of an error, without time stamp and level; null when there was none.</summary>
    public string? LastError
    {
        get
        {
            lock (_lock)
            {
                return _lastError;
            }
        }
    }

    /// <summary>The kept lines, oldest first.</summary>
    public IReadOnlyList<string> Lines()
    {
        lock (_lock)
        {
            return [.. _lines];
        }
    }

    internal void Add(string line)
    {
        if (line.Length > LongestLine)
        {
            line = line[..LongestLine];
        }

        var error = LogLine.ErrorText(line);
        lock (_lock)
        {
            if (_lines.Count == Capacity)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);

            // Later errors are consequences ("exiting due to model loading error"): the first tells why, unless a new load or request began.
            if (error is not null && (_lastError is null || !LogLine.IsConsequence(error)))
            {
                _lastError = error;
            }
        }

        Interlocked.Increment(ref _count);
    }
}

namespace GGLib.Engine.Processes;

/// <summary>The last lines a child wrote, and what they tell: its last error, its memory, how far it has loaded. Thread-safe.</summary>
public sealed class ChildLog
{
    private const int Capacity = 512;
    private const int LongestLine = 2000;

    // An end tidies up in a dozen lines; a single request writes more.
    private const int MostAfterTheReason = 20;

    private readonly Lock _lock = new();
    private readonly Queue<ChildLogLine> _lines = new(Capacity);
    private readonly MemoryReader _memory = new();
    private TaskCompletionSource? _news;
    private ChildLog? _successor;
    private string? _fatal;
    private string? _templateHint;
    private string? _lastError;
    private long _lastErrorNumber;
    private double _loaded;
    private long _count;

    /// <summary>Lines written so far: any growth is a sign of life.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>
    /// The error that explains why the child ends, without time stamp and level: a failed assertion or an uncaught exception, however long the stack trace after it is; else the last line that
    /// reports an error. Null if there was none, or if much was written since: a request that was rejected an hour ago is not why a child was killed.
    /// </summary>
    public string? LastError
    {
        get
        {
            lock (_lock)
            {
                return _fatal ?? (_count - _lastErrorNumber <= MostAfterTheReason ? _lastError : null) ?? _templateHint;
            }
        }
    }

    /// <summary>The memory the child has told of; null when it has not.</summary>
    public ChildMemory? Memory
    {
        get
        {
            lock (_lock)
            {
                return _memory.Memory;
            }
        }
    }

    /// <summary>Layers on GPUs and layers in all; null when the child has not told.</summary>
    public (int OnGpu, int All)? Layers
    {
        get
        {
            lock (_lock)
            {
                return _memory.Layers;
            }
        }
    }

    /// <summary>The part of the model that is in memory, 0 to 1; it never falls. An estimate from the child's resident memory.</summary>
    public double Loaded => Volatile.Read(ref _loaded);

    /// <summary>The log of the model's next child; null while this one is the latest.</summary>
    public ChildLog? Successor
    {
        get
        {
            lock (_lock)
            {
                return _successor;
            }
        }
    }

    /// <summary>The kept lines, oldest first.</summary>
    public IReadOnlyList<string> Lines() => [.. After(0).Select(static line => line.Text)];

    /// <summary>The kept lines whose number is greater, oldest first.</summary>
    public IReadOnlyList<ChildLogLine> After(long number)
    {
        lock (_lock)
        {
            return [.. _lines.SkipWhile(line => line.Number <= number)];
        }
    }

    /// <summary>Completes when there is a line with a greater number, or a successor.</summary>
    public async Task WaitAsync(long number, CancellationToken cancellation)
    {
        while (true)
        {
            Task news;
            lock (_lock)
            {
                if (_count > number || _successor is not null)
                {
                    return;
                }

                // Made only for those who wait: a log nobody follows pays nothing for it.
                news = (_news ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await news.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    internal void Add(string line)
    {
        if (line.Length > LongestLine)
        {
            line = line[..LongestLine];
        }

        var error = LogLine.ErrorText(line);
        var level = LogLine.Level(line);
        lock (_lock)
        {
            if (_lines.Count == Capacity)
            {
                _lines.Dequeue();
            }

            var number = Interlocked.Increment(ref _count);
            _lines.Enqueue(new ChildLogLine(number, level, line));
            _memory.Read(line);

            if (error is not null)
            {
                Note(error, number);
            }

            _news?.SetResult();
            _news = null;
        }
    }

    internal void SetLoaded(double part)
    {
        if (part > Volatile.Read(ref _loaded))
        {
            Volatile.Write(ref _loaded, Math.Min(part, 1));
        }
    }

    /// <summary>Tells those who follow where the model's lines go from now on.</summary>
    internal void FollowedBy(ChildLog next)
    {
        lock (_lock)
        {
            _successor = next;
            _news?.SetResult();
            _news = null;
        }
    }

    private void Note(string error, long number)
    {
        error = LogLine.Joined(_lastError, error);

        // Later errors are consequences ("exiting due to model loading error"): the first tells why, unless a new load or request began.
        if (_lastError is null || !LogLine.IsConsequence(error))
        {
            _lastError = error;
            _lastErrorNumber = number;
        }

        // An exception's own words come after the line that announces it; after an assertion only its stack trace follows.
        if (LogLine.IsFatal(error) && (_fatal is null || error.StartsWith("what():", StringComparison.Ordinal)))
        {
            _fatal = error;
        }

        if (LogLine.IsTemplateHint(error))
        {
            _templateHint = error;
        }
    }
}

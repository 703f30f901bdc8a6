using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace GGLib.Catalog.Registries.Jobs;

/// <summary>
/// What a job has told so far, for any number of readers, who may come late and read slowly: of the lines about one file only the latest is kept, so that a reader who was
/// busy gets the newest count and not a thousand old ones. Thread-safe.
/// </summary>
internal sealed class ProgressLog
{
    private readonly Lock _lock = new();
    private ImmutableList<PullProgress> _lines = [];
    private TaskCompletionSource _changed = New();

    public void Add(PullProgress line)
    {
        lock (_lock)
        {
            if (_lines.Count > 0 && _lines[^1].IsLast)
            {
                return;
            }

            var isUpdate = line.Digest is not null && _lines.Count > 0 && _lines[^1].Digest == line.Digest && _lines[^1].Status == line.Status;
            _lines = isUpdate ? _lines.SetItem(_lines.Count - 1, line) : _lines.Add(line);
            _changed.TrySetResult();
            _changed = New();
        }
    }

    /// <summary>All lines from the first, until the last.</summary>
    public async IAsyncEnumerable<PullProgress> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var at = 0;
        PullProgress? told = null;
        while (true)
        {
            ImmutableList<PullProgress> lines;
            Task changed;
            lock (_lock)
            {
                (lines, changed) = (_lines, _changed.Task);
            }

            for (; at < lines.Count; at++)
            {
                // The line told last may have been brought up to date since.
                if (!ReferenceEquals(lines[at], told))
                {
                    told = lines[at];
                    yield return told;
                }

                if (told.IsLast)
                {
                    yield break;
                }

                if (at == lines.Count - 1)
                {
                    break;
                }
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

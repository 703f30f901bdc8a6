using System.Runtime.CompilerServices;
using GGLib.Catalog.Blobs;
using GGLib.Catalog.Registries.Http;
using GGLib.Catalog.Registries.Jobs;

namespace GGLib.Catalog.Registries;

/// <summary>
/// Pulls models into a store. Whoever asks for what is being pulled already listens to the same job; it goes on while somebody listens, and when the last one leaves it is
/// stopped, what came is kept, and the next pull goes on from there. Thread-safe.
/// </summary>
public sealed class PullJobs : IAsyncDisposable
{
    private readonly PullWork _work;
    private readonly Lock _lock = new();
    private readonly Dictionary<(RemoteName Name, bool Insecure), PullJob> _jobs = [];
    private readonly HashSet<Task> _ending = [];
    private readonly CancellationTokenSource _stop = new();
    private bool _isDisposed;

    /// <param name="store">Where the files go.</param>
    /// <param name="http">As <see cref="TransferClient"/> makes them; stays the caller's.</param>
    /// <param name="options">Where from, and how.</param>
    /// <param name="time">Waits.</param>
    /// <param name="keep">Stores the model when its files are there, once a job: a failure, if it cannot. Null when the listeners do that.</param>
    public PullJobs(BlobStore store, HttpClient http, TransferOptions options, TimeProvider time, Func<PulledModel, CancellationToken, Task<TransferFailure?>>? keep = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _work = new PullWork(store, new TransferHttp(http, options, time), options, time, keep ?? (static (_, _) => Task.FromResult<TransferFailure?>(null)));
    }

    /// <summary>What is being pulled now.</summary>
    public IReadOnlyList<RemoteName> Running
    {
        get
        {
            lock (_lock)
            {
                return [.. _jobs.Keys.Select(static key => key.Name)];
            }
        }
    }

    /// <summary>
    /// Pulls a model and tells how it goes, from the beginning also when the job is older than the asking. The last line has the model or the failure. Who stops
    /// reading, or cancels, leaves the job.
    /// </summary>
    /// <param name="name">The model.</param>
    /// <param name="insecure">Whether plain HTTP will do.</param>
    /// <param name="cancellationToken">Leaves the job.</param>
    public async IAsyncEnumerable<PullProgress> PullAsync(RemoteName name, bool insecure, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        var job = Join((name, insecure));
        try
        {
            await foreach (var line in job.Log.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return line;
            }
        }
        finally
        {
            Leave((name, insecure), job);
        }
    }

    /// <summary>Stops all jobs and returns when they have stopped. Their listeners get a failure.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        Task[] all;
        lock (_lock)
        {
            all = [.. _jobs.Values.Select(static job => job.Work), .. _ending];
        }

        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private PullJob Join((RemoteName Name, bool Insecure) key)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_jobs.TryGetValue(key, out var job))
            {
                job = new PullJob();
                _jobs[key] = job;
                job.Work = Task.Run(() => RunAsync(key, job), CancellationToken.None);
            }

            job.Listeners++;
            return job;
        }
    }

    private void Leave((RemoteName Name, bool Insecure) key, PullJob job)
    {
        lock (_lock)
        {
            if (--job.Listeners > 0 || !_jobs.TryGetValue(key, out var current) || current != job)
            {
                return;
            }

            // Who asks from now on gets a new job, which waits for this one's hands to be off the files.
            _jobs.Remove(key);
            if (!job.Work.IsCompleted)
            {
                _ending.Add(job.Work);
            }
        }

        job.Stop.Cancel();
    }

    private async Task RunAsync((RemoteName Name, bool Insecure) key, PullJob job)
    {
        // Linked by hand: a source without links needs no disposing, which a listener who leaves at the end could come too late for.
        using var stopping = _stop.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), job.Stop);
        try
        {
            await _work.RunAsync(key.Name, key.Insecure, job.Log, job.Stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (job.Stop.IsCancellationRequested)
        {
            job.Log.Add(PullProgress.Failed(new TransferFailure(TransferFault.Unreachable, "The pull was stopped. What was fetched is kept: pull again to go on.")));
        }
        catch (Exception error)
        {
            // A bug: no listener may wait for ever because of it.
            job.Log.Add(PullProgress.Failed(new TransferFailure(TransferFault.Storage, $"The pull failed: {error.Message}")));
            throw;
        }
        finally
        {
            lock (_lock)
            {
                if (_jobs.TryGetValue(key, out var current) && current == job)
                {
                    _jobs.Remove(key);
                }

                _ending.Remove(job.Work);
            }
        }
    }
}

using GGLib.Server.Failures;

namespace GGLib.Server.Pipeline.Messages;

/// <summary>The traits of the templates that were probed last. Concurrent requests for the same template probe it once. Thread-safe.</summary>
/// <param name="capacity">The most templates to remember; the one that was not used for longest is forgotten first.</param>
internal sealed class TemplateTraitsCache(int capacity = TemplateTraitsCache.DefaultCapacity)
{
    private const int DefaultCapacity = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task<(TemplateTraits? Traits, InferenceFailure? Failure)>> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkedListNode<(string Key, TemplateTraits Traits)>> _known = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, TemplateTraits Traits)> _byUse = new();

    /// <summary>The traits of a template that was probed before; null when it was not.</summary>
    public TemplateTraits? Find(string key)
    {
        lock (_lock)
        {
            if (!_known.TryGetValue(key, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Traits;
        }
    }

    /// <summary>The traits of a template, probed on first use.</summary>
    /// <param name="key">Identifies the template and the build of the engine that renders it.</param>
    /// <param name="probe">Probes the template. Called at most once at a time per key, with the caller's cancellation.</param>
    /// <param name="cancellation">Ends the caller's wait. Others that wait for the same probe probe again.</param>
    /// <returns>The traits, or why the probe failed. A failure goes to all that wait for it and is not remembered.</returns>
    public async Task<(TemplateTraits? Traits, InferenceFailure? Failure)> GetAsync(
        string key, Func<CancellationToken, Task<(TemplateTraits? Traits, InferenceFailure? Failure)>> probe, CancellationToken cancellation)
    {
        while (true)
        {
            if (Find(key) is { } known)
            {
                return (known, null);
            }

            var own = new TaskCompletionSource<(TemplateTraits? Traits, InferenceFailure? Failure)>(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<(TemplateTraits? Traits, InferenceFailure? Failure)>? running;
            lock (_lock)
            {
                if (!_running.TryGetValue(key, out running))
                {
                    _running.Add(key, own.Task);
                }
            }

            if (running is null)
            {
                return await ProbeAsync(key, probe, own, cancellation).ConfigureAwait(false);
            }

            await ((Task)running.WaitAsync(cancellation)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
            if (running.IsCompletedSuccessfully)
            {
                return await running.ConfigureAwait(false);
            }
        }
    }

    private async Task<(TemplateTraits? Traits, InferenceFailure? Failure)> ProbeAsync(
        string key,
        Func<CancellationToken, Task<(TemplateTraits? Traits, InferenceFailure? Failure)>> probe,
        TaskCompletionSource<(TemplateTraits? Traits, InferenceFailure? Failure)> own,
        CancellationToken cancellation)
    {
        try
        {
            var result = await probe(cancellation).ConfigureAwait(false);
            Finish(key, result.Traits);
            own.SetResult(result);
            return result;
        }
        catch
        {
            // Other waiting requests probe with their own connections.
            Finish(key, null);
            own.SetCanceled(CancellationToken.None);
            throw;
        }
    }

    private void Finish(string key, TemplateTraits? traits)
    {
        lock (_lock)
        {
            _running.Remove(key);
            if (traits is null || _known.ContainsKey(key))
            {
                return;
            }

            _known.Add(key, _byUse.AddFirst((key, traits)));
            if (_known.Count > capacity)
            {
                _known.Remove(_byUse.Last!.Value.Key);
                _byUse.RemoveLast();
            }
        }
    }
}

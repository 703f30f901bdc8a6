using System.Collections.Concurrent;
using GGLib.Engine.Processes;

namespace GGLib.Engine.Scheduling;

/// <summary>The log of each model's last child process, by the model's key. Keeps a limited number of logs of models that are not loaded. Thread-safe.</summary>
internal sealed class ChildLogs
{
    // A key changes with its file: a long-running server with changing files would otherwise keep a log for each version.
    private const int Limit = 64;

    private readonly ConcurrentDictionary<string, ChildLog> _logs = new(StringComparer.Ordinal);

    /// <summary>Returns the log of a model's last child, running or not; null if the model was never started.</summary>
    public ChildLog? Of(string key) => _logs.GetValueOrDefault(key);

    /// <summary>Keeps the log of a new child, and drops logs of models that are not loaded while there are too many.</summary>
    /// <param name="key">The model's key.</param>
    /// <param name="log">The new child's log.</param>
    /// <param name="isLoaded">Returns whether a key's model is loaded.</param>
    public void Add(string key, ChildLog log, Func<string, bool> isLoaded)
    {
        var earlier = Of(key);
        _logs[key] = log;
        earlier?.FollowedBy(log);
        foreach (var ended in _logs.Keys.Where(other => other != key && !isLoaded(other)).Take(Math.Max(0, _logs.Count - Limit)).ToList())
        {
            _logs.TryRemove(ended, out _);
        }
    }
}

using System.Runtime.CompilerServices;

namespace GGLib.Server.Threads;

/// <summary>
/// To be awaited: what follows runs on a thread of the pool, or at once when nothing calls for one. An asynchronous method that yields does not promise this to its caller: when the pool has
/// finished it before the caller looks, the caller goes on where it was.
/// </summary>
/// <param name="stays">Whether what follows may run on the caller's thread.</param>
public readonly struct PoolThread(bool stays) : ICriticalNotifyCompletion
{
    /// <summary>Whether the caller goes on at once.</summary>
    public bool IsCompleted { get; } = stays;

    /// <summary>The awaiter, without a captured context of any kind.</summary>
    public PoolThread GetAwaiter() => this;

    /// <summary>Ends the wait; there is no result.</summary>
    public void GetResult()
    {
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => ThreadPool.QueueUserWorkItem(static next => next(), continuation, preferLocal: false);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);
}

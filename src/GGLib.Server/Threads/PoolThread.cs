using System.Runtime.CompilerServices;

namespace GGLib.Server.Threads;

/// <summary>
/// Awaiting this continues on a thread-pool thread, or inline if <paramref name="stays"/>. Unlike an asynchronous method that yields, it guarantees that the caller does not continue on its
/// original thread: a method that has completed before its caller awaits it lets the caller continue inline.
/// </summary>
/// <param name="stays">Whether the continuation may run on the caller's thread.</param>
public readonly struct PoolThread(bool stays) : ICriticalNotifyCompletion
{
    /// <summary>Whether the caller continues inline.</summary>
    public bool IsCompleted { get; } = stays;

    /// <summary>Returns this value, which is its own awaiter. No context is captured.</summary>
    public PoolThread GetAwaiter() => this;

    /// <summary>Does nothing: there is no result.</summary>
    public void GetResult()
    {
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => ThreadPool.QueueUserWorkItem(static next => next(), continuation, preferLocal: false);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);
}

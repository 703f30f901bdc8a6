namespace GGLib.Server.Requests;

/// <summary>Returns the memory of large bodies to the operating system: models need it. Without this the heap keeps its largest size, because an idle server allocates nothing that starts a collection. Thread-safe.</summary>
internal static class LargeBodies
{
    // Smaller bodies are reused by the next requests.
    private const int Large = 8 << 20;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    private static int _isScheduled;

    /// <summary>Reports that a body is no longer used. A collection follows soon; one for all bodies that are released until then.</summary>
    /// <param name="bytes">Its length.</param>
    public static void Release(long bytes)
    {
        if (bytes >= Large && Interlocked.Exchange(ref _isScheduled, 1) == 0)
        {
            _ = CollectAsync();
        }
    }

    private static async Task CollectAsync()
    {
        await Task.Delay(Wait).ConfigureAwait(false);
        Volatile.Write(ref _isScheduled, 0);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}

using GGLib.Catalog.Blobs;

namespace GGLib.Catalog.Registries.Jobs;

/// <summary>Tells of a file's bytes ten times a second at most, and always of the first and the last. Thread-safe.</summary>
internal sealed class FileProgress(ProgressLog log, TimeProvider time, string verb, BlobDigest? digest, string name, long total)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private long _told = -1;
    private long _toldAt;

    public void Report(long completed)
    {
        lock (_lock)
        {
            if (completed == _told || (_told >= 0 && completed < total && time.GetElapsedTime(_toldAt) < Pause))
            {
                return;
            }

            _told = completed;
            _toldAt = time.GetTimestamp();
            log.Add(new PullProgress($"{verb} {digest?.Short ?? name}", digest?.ToString() ?? name, total, completed));
        }
    }
}

using System.Security.Cryptography;

namespace GGLib.Catalog;

/// <summary>
/// Computes the SHA-256 of every stored model's files, one after the other, while a server runs. Politely: it rests as long as it has worked, so that a disk and a
/// core are half free for those who wait for an answer. What is known survives a restart; a file that changes is read again.
/// </summary>
public sealed class BackgroundHashing : IAsyncDisposable
{
    private const int ChunkSize = 1 << 20;

    // Nothing hurries: a new model's digest is wanted in minutes, not at once.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ModelCatalog _catalog;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<CatalogFile> _unreadable = [];
    private readonly Task _work;

    private BackgroundHashing(ModelCatalog catalog, TimeProvider time)
    {
        _catalog = catalog;
        _time = time;
        _work = Task.Run(RunAsync);
    }

    /// <summary>Begins. Dispose it before the catalog.</summary>
    public static BackgroundHashing Start(ModelCatalog catalog, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(time);
        return new(catalog, time);
    }

    /// <summary>Stops in the middle of a file, and returns when it has.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>Reads a file whole.</summary>
    /// <returns>Its SHA-256; null when it was not, from beginning to end, the file that is meant.</returns>
    internal async Task<string?> HashAsync(CatalogFile file, CancellationToken cancellation)
    {
        var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using (stream.ConfigureAwait(false))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[ChunkSize];
            long total = 0;
            while (true)
            {
                var began = _time.GetTimestamp();
                var read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                hash.AppendData(buffer, 0, read);
                total += read;
                await Task.Delay(_time.GetElapsedTime(began), _time, cancellation).ConfigureAwait(false);
            }

            return total == file.SizeBytes && FileStamp.Of(file.Path) == file.Stamp ? Convert.ToHexStringLower(hash.GetHashAndReset()) : null;
        }
    }

    private async Task RunAsync()
    {
        var cancellation = _stop.Token;
        while (true)
        {
            if (_catalog.NextWithoutSha256(_unreadable) is not { } file)
            {
                await Task.Delay(Pause, _time, cancellation).ConfigureAwait(false);
                continue;
            }

            try
            {
                if (await HashAsync(file, cancellation).ConfigureAwait(false) is { } sha256)
                {
                    _catalog.RecordSha256(file, sha256);
                    continue;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Gone, or not ours to read: the next look of the catalog finds out.
            }

            // It changed meanwhile. The catalog's record of it will be another one then, and is not passed over.
            _unreadable.Add(file);
        }
    }
}

using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace GGLib.Catalog.Blobs;

/// <summary>
/// A folder of files that are named by their SHA-256, <c>sha256-…</c>, in Ollama's own layout. A blob is there whole or not at all: it is made in the folder
/// <c>partial</c> within, synced, and then renamed. Thread-safe, also against other processes on the same folder.
/// </summary>
public sealed class BlobStore
{
    private const string PartialFolder = "partial";
    internal const string UploadPrefix = "upload-";
    private const int BufferSize = 1 << 20;

    private readonly ConcurrentDictionary<BlobDigest, bool> _distrusted = new();

    private BlobStore(string folder, TimeProvider time)
    {
        Folder = folder;
        Partials = Path.Combine(folder, PartialFolder);
        Time = time;
    }

    /// <summary>Where the blobs are; absolute.</summary>
    public string Folder { get; }

    /// <summary>Where what is not whole yet is kept: on the same file system, out of the way of whoever lists the blobs.</summary>
    internal string Partials { get; }

    internal TimeProvider Time { get; }

    /// <summary>A store in this folder, which is made when something is written.</summary>
    public static BlobStore Open(string folder, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(time);
        return new(Path.GetFullPath(folder), time);
    }

    /// <summary>Where a blob is or would be.</summary>
    public string PathOf(BlobDigest digest)
    {
        ArgumentNullException.ThrowIfNull(digest);
        return Path.Combine(Folder, digest.FileName);
    }

    /// <summary>A blob's path; null when it is not there.</summary>
    public string? Find(BlobDigest digest) => PathOf(digest) is var path && File.Exists(path) && !_distrusted.ContainsKey(digest) ? path : null;

    /// <summary>A blob's size in bytes; null when it is not there.</summary>
    public long? SizeOf(BlobDigest digest) => PathOf(digest) is var path && _distrusted.ContainsKey(digest) ? null : FileStamp.Of(path)?.SizeBytes;

    /// <summary>The digests of all blobs there are, in no order. Files that are named otherwise are passed over.</summary>
    public IEnumerable<BlobDigest> List() =>
        Directory.Exists(Folder)
            ? Directory.EnumerateFiles(Folder).Select(static file => BlobDigest.TryParse(Path.GetFileName(file), out var digest) ? digest : null).OfType<BlobDigest>()
            : [];

    /// <summary>The digests of the blobs that were written in this time.</summary>
    internal IEnumerable<BlobDigest> Written(DateTimeOffset since, DateTimeOffset before) =>
        List().Where(digest => FileStamp.Of(PathOf(digest)) is { } stamp && stamp.ModifiedAt >= since && stamp.ModifiedAt < before);

    /// <summary>Removes a blob; false when there was none. Who counts the references is the caller.</summary>
    /// <exception cref="IOException">It may not be removed, or is in use on a system that forbids it.</exception>
    public bool Delete(BlobDigest digest)
    {
        var path = PathOf(digest);
        var there = File.Exists(path);
        File.Delete(path);
        return there;
    }

    /// <summary>Writes a stream as the blob that it should be. What is interrupted, by an exception too, leaves nothing.</summary>
    /// <exception cref="IOException">The disk is full, or the stream broke.</exception>
    public async Task<BlobWriteResult> WriteAsync(BlobDigest digest, Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (Find(digest) is not null)
        {
            return new BlobWriteResult(BlobWriteOutcome.AlreadyThere, null);
        }

        Directory.CreateDirectory(Partials);
        var temporary = Path.Combine(Partials, UploadPrefix + Guid.NewGuid().ToString("N"));
        try
        {
            var actual = await CopyAsync(content, temporary, cancellationToken).ConfigureAwait(false);
            if (actual != digest)
            {
                return new BlobWriteResult(BlobWriteOutcome.Mismatch, actual);
            }

            File.Move(temporary, PathOf(digest), overwrite: true);
            return new BlobWriteResult(BlobWriteOutcome.Created, actual);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>
    /// Removes what interrupted writes and downloads left behind and nobody has touched for so long. What another process holds stays. Such a download begins anew when it
    /// is asked for again.
    /// </summary>
    /// <param name="untouchedFor">For so long.</param>
    /// <param name="prefix">What the names of the files begin with; empty: all.</param>
    /// <returns>How many bytes were freed.</returns>
    public long SweepPartials(TimeSpan untouchedFor, string prefix = "")
    {
        if (!Directory.Exists(Partials))
        {
            return 0;
        }

        var before = Time.GetUtcNow() - untouchedFor;
        long freed = 0;
        foreach (var file in new DirectoryInfo(Partials).EnumerateFiles(prefix + "*"))
        {
            try
            {
                if (file.LastWriteTimeUtc > before.UtcDateTime)
                {
                    continue;
                }

                // Whoever is at work on it has it locked: on Unix this lock is all that keeps a file in use from being removed.
                using var held = file.Open(FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                var bytes = held.Length;
                file.Delete();
                freed += bytes;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // In use, or gone meanwhile.
            }
        }

        return freed;
    }

    /// <summary>
    /// Has a blob whose content is known to be wrong count as not there, so that it is fetched. It stays in its place until a right one takes it, and whoever reads it now
    /// reads on.
    /// </summary>
    internal void Distrust(BlobDigest digest) => _distrusted[digest] = true;

    /// <summary>Ends <see cref="Distrust"/>, whatever has come.</summary>
    internal void Trust(BlobDigest digest) => _distrusted.TryRemove(digest, out _);

    /// <summary>Makes a finished file, whose digest has been checked and which is synced and closed, the blob. The file is gone afterwards.</summary>
    internal void Adopt(string file, BlobDigest digest)
    {
        File.Move(file, PathOf(digest), overwrite: true);
        Trust(digest);
    }

    private static async Task<BlobDigest> CopyAsync(Stream from, string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var to = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        await using (to.ConfigureAwait(false))
        {
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                int read;
                while ((read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                {
                    await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);

                    // Only now: the write has left the thread that serves sockets.
                    hash.AppendData(buffer, 0, read);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            to.Flush(flushToDisk: true);
            return BlobDigest.Of(hash);
        }
    }
}

using System.Security.Cryptography;

namespace GGLib.Catalog.Verification;

/// <summary>Reads files whole and holds them against what is known of them. Safe for any number of threads.</summary>
/// <param name="catalog">Where digests are known and kept.</param>
public sealed class FileVerification(ModelCatalog catalog)
{
    private const int ChunkSize = 1 << 20;

    /// <summary>Checks one file.</summary>
    /// <param name="file">The file as the catalog knows it.</param>
    /// <param name="progress">Told the bytes that have been read, of each piece.</param>
    /// <param name="cancellation">Stops in the middle.</param>
    public async Task<FileCheck> CheckAsync(CatalogFile file, IProgress<long>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (FileStamp.Of(file.Path) is not { } stamp)
        {
            return new(file, FileVerdict.Missing, DigestBasis.None, null, null, null);
        }

        // The name first: what the catalog has read may have been damaged by then.
        var present = file with { SizeBytes = stamp.SizeBytes, ModifiedAt = stamp.ModifiedAt };
        var (basis, expected) = ContentName.Sha256Of(file.Path) is { } named ? (DigestBasis.Name, named)
            : catalog.RecordedSha256Of(present) is { } recorded ? (DigestBasis.Catalog, recorded)
            : (DigestBasis.None, null);
        string actual;
        try
        {
            // Opening a named pipe would wait for a writer; pipes and devices have no length.
            actual = stamp.SizeBytes == 0 ? Convert.ToHexStringLower(SHA256.HashData([])) : await HashAsync(file.Path, progress, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new(file, FileVerdict.Unreadable, basis, expected, null, exception.Message);
        }

        if (FileStamp.Of(file.Path) != stamp)
        {
            return new(file, FileVerdict.Unreadable, basis, expected, null, "it changed while it was read");
        }

        if (basis is not DigestBasis.Catalog)
        {
            catalog.RecordSha256(present, actual);
        }

        var verdict = expected is null ? FileVerdict.Recorded : expected == actual ? FileVerdict.Intact : FileVerdict.Damaged;
        return new(file, verdict, basis, expected, actual, null);
    }

    private static async Task<string> HashAsync(string path, IProgress<long>? progress, CancellationToken cancellation)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using (stream.ConfigureAwait(false))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

            // The next piece is read while this one is hashed: a fast disk and a core are about equally fast.
            var (now, next) = (new byte[ChunkSize], new byte[ChunkSize]);
            var read = await stream.ReadAsync(now, cancellation).ConfigureAwait(false);
            while (read > 0)
            {
                var coming = stream.ReadAsync(next, cancellation).AsTask();
                hash.AppendData(now, 0, read);
                progress?.Report(read);
                read = await coming.ConfigureAwait(false);
                (now, next) = (next, now);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }
}

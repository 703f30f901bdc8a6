using GGLib.Catalog.Blobs;
using Microsoft.Data.Sqlite;

namespace GGLib.Catalog;

/// <summary>What the files' contents are, by their SHA-256, and which blobs nobody names any more.</summary>
public sealed partial class ModelCatalog
{
    private Dictionary<string, FileDigest>? _digests;

    /// <summary>
    /// Deletes those of the blobs that no model names. Under the database's lock: a model that another process makes of one at this moment either keeps it or finds it gone.
    /// </summary>
    /// <returns>How many bytes were freed.</returns>
    /// <exception cref="CatalogException">The database could not be locked.</exception>
    internal long DeleteUnnamed(BlobStore blobs, IEnumerable<BlobDigest> candidates)
    {
        var unnamed = candidates.ToHashSet();
        if (unnamed.Count == 0)
        {
            return 0;
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _database is null ? Delete() : Guarded(() => _database.InTransaction(() =>
            {
                if (_database.DataVersion() != _dataVersion)
                {
                    LoadStored();
                }

                return Delete();
            }));
        }

        long Delete()
        {
            // By digest, not by path: the folder may be known under two. A link is the same file as its blob, and its digest may never have been recorded.
            var links = new HashSet<FileStamp>();
            foreach (var path in _stored.Values.Concat(_transient.Values).SelectMany(static model => model.Paths).Distinct())
            {
                if (BlobDigest.TryParse(Path.GetFileName(path), out var named))
                {
                    unnamed.Remove(named);
                }
                else if (BlobSet.IsLink(blobs, path))
                {
                    links.UnionWith(BlobSet.StampsBeside(path));
                }
            }

            unnamed.ExceptWith(_stored.Values.SelectMany(static model => model.Profile.TextBlobs).Select(BlobDigest.OfHex).OfType<BlobDigest>());
            unnamed.RemoveWhere(digest => FileStamp.Of(blobs.PathOf(digest)) is { } stamp && links.Contains(stamp));

            long freed = 0;
            foreach (var digest in unnamed)
            {
                var size = blobs.SizeOf(digest) ?? 0;
                try
                {
                    freed += blobs.Delete(digest) ? size : 0;
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    // In use where that forbids it. It stays, and harms nobody.
                }
            }

            return freed;
        }
    }

    /// <summary>The SHA-256 of the file at this path, when it is known; null when it is not.</summary>
    internal string? KnownSha256(string path)
    {
        lock (_lock)
        {
            return Digests().TryGetValue(path, out var digest) && FileStamp.Of(path) == digest.Stamp ? digest.Sha256 : null;
        }
    }

    /// <summary>The path of a file whose SHA-256 is known to be this one; null when there is none.</summary>
    public string? FileWithSha256(string sha256)
    {
        var models = List();
        lock (_lock)
        {
            var known = Digests();
            return models.Where(static model => !model.IsMissing)
                .SelectMany(static model => model.Files)
                .FirstOrDefault(file => known.TryGetValue(file.Path, out var digest) && digest.Sha256 == sha256 && digest.Stamp == file.Stamp && FileStamp.Of(file.Path) == file.Stamp)?.Path;
        }
    }

    /// <summary>
    /// A file's SHA-256, 64 lower-case hexadecimal digits, as <see cref="BackgroundHashing"/> computed it, else as the name of a file that is named by its content states it;
    /// null when neither is there, or for another state of the file.
    /// It is no model's <see cref="CatalogModel.Digest"/>, which is there from the first moment and never waits for it.
    /// </summary>
    public string? Sha256Of(CatalogFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return RecordedSha256Of(file) ?? ContentName.Sha256Of(file.Path);
    }

    /// <summary>A file's SHA-256 as it was read; null when that state of the file never was.</summary>
    internal string? RecordedSha256Of(CatalogFile file)
    {
        lock (_lock)
        {
            return Digests().TryGetValue(file.Path, out var digest) && digest.Stamp == file.Stamp ? digest.Sha256 : null;
        }
    }

    /// <summary>A file of a stored model whose digest is not known, not even from its name; null when all are.</summary>
    /// <param name="passedOver">Files not to name.</param>
    internal CatalogFile? NextWithoutSha256(HashSet<CatalogFile> passedOver)
    {
        var models = List();
        lock (_lock)
        {
            var known = Digests();
            return models
                .Where(static model => !model.IsTransient && !model.IsMissing)
                .SelectMany(static model => model.Files)
                .FirstOrDefault(file => !(known.TryGetValue(file.Path, out var digest) && digest.Stamp == file.Stamp) && !passedOver.Contains(file) && ContentName.Sha256Of(file.Path) is null);
        }
    }

    /// <summary>Keeps a file's digest. A database that is busy or full does not stop the service: then it is known until the process ends.</summary>
    internal void RecordSha256(CatalogFile file, string sha256) => RecordSha256(file.Path, file.Stamp, sha256);

    /// <summary>The same of a file that no model has yet, as it is now.</summary>
    internal void RecordSha256(string path, string sha256)
    {
        if (FileStamp.Of(path) is { } stamp)
        {
            RecordSha256(path, stamp, sha256);
        }
    }

    private void RecordSha256(string path, FileStamp stamp, string sha256)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            var digest = new FileDigest(stamp, sha256);
            Digests()[path] = digest;
            try
            {
                _database?.WriteDigest(path, digest);
            }
            catch (SqliteException)
            {
            }
        }
    }

    // Read when first asked for, which most processes never do.
    private Dictionary<string, FileDigest> Digests()
    {
        try
        {
            return _digests ??= _database is null || _disposed ? [] : _database.ReadDigests();
        }
        catch (SqliteException)
        {
            return [];
        }
    }
}

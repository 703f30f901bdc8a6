using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using GGLib.Catalog.Blobs;

namespace GGLib.Catalog.Registries.Downloads;

/// <summary>
/// A file that is being fetched, with its journal beside it. While this is open no other process and nobody else in this one can open it. The journal never claims a byte
/// that is not synced, and is replaced by renaming: a kill at any moment leaves the old one or the new one. One part is written by one task; parts by several at once.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private const string JournalSuffix = ".json";
    private const string NextJournalSuffix = ".json.new";
    private const int MostParts = 100_000;
    private const long LeastPart = 1 << 20;

    // What a kill may lose, as a share of the file: a fetch that is killed a few times still brings little twice.
    private const int SavesPerFile = 64;
    private const long LeastBetweenSaves = 64 << 10;
    private const long MostBetweenSaves = 16 << 20;

    // Nobody else's while it is open. Windows renames an open file only if that is shared; elsewhere only sharing nothing is a lock.
    private static readonly FileShare Sharing = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly string? _validator;
    private readonly long _saveEvery;
    private readonly Lock _saving = new();
    private ImmutableArray<Part> _parts;
    private long _done;
    private long _unsaved;

    private PartialFile(string path, FileStream file, long size, string? validator, ImmutableArray<Part> parts)
    {
        _path = path;
        _file = file;
        _validator = validator;
        _parts = parts;
        _done = parts.Sum(static part => part.Done);
        Size = size;
        _saveEvery = Math.Clamp(size / SavesPerFile, LeastBetweenSaves, MostBetweenSaves);
    }

    public long Size { get; }

    public ImmutableArray<Part> Parts => _parts;

    /// <summary>How many bytes there are, wherever.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Up to where there is no hole.</summary>
    public long Frontier
    {
        get
        {
            foreach (var part in _parts)
            {
                if (part.Done is var done && done < part.Length)
                {
                    return part.Start + done;
                }
            }

            return Size;
        }
    }

    /// <summary>Opens what an earlier fetch left, or begins; null while somebody else has it open.</summary>
    /// <param name="store">Where.</param>
    /// <param name="key">The name of what there is of it.</param>
    /// <param name="size">How many bytes it will have.</param>
    /// <param name="validator">What tells this version of it from another, where the key does not.</param>
    /// <param name="mayResume">Whether what there is of it may be trusted to be of the same version.</param>
    /// <param name="options">How it is divided.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The disk is full, or another error of its.</exception>
    public static PartialFile? TryOpen(BlobStore store, string key, long size, string? validator, bool mayResume, TransferOptions options, TimeProvider time)
    {
        Directory.CreateDirectory(store.Partials);
        var path = Path.Combine(store.Partials, key);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Sharing, bufferSize: 0, FileOptions.Asynchronous);
        }
        catch (IOException error) when (StorageFailure.IsInUse(error))
        {
            return null;
        }

        try
        {
            if (!IsAt(path, file, time))
            {
                file.Dispose();
                return null;
            }

            var parts = mayResume && file.Length == size ? Resume(ReadJournal(path), size, validator) : null;
            if (parts is null)
            {
                // The journal goes first: it must not speak of bytes that are gone.
                File.Delete(path + JournalSuffix);
                file.SetLength(0);
                file.SetLength(size);
            }

            return new PartialFile(path, file, size, validator, parts ?? Divide(size, options));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>How many bytes an earlier fetch, or one under way elsewhere, has.</summary>
    public static long DoneOf(BlobStore store, string key, long size, string? validator) => Resume(ReadJournal(Path.Combine(store.Partials, key)), size, validator)?.Sum(static part => part.Done) ?? 0;

    /// <summary>Removes what is left of a fetch whose file is a blob by now: by a kill right after that, or because the blob came another way. What somebody has open stays.</summary>
    public static void Forget(BlobStore store, string key)
    {
        var path = Path.Combine(store.Partials, key);
        if (!File.Exists(path) && !File.Exists(path + JournalSuffix) && !File.Exists(path + NextJournalSuffix))
        {
            return;
        }

        try
        {
            using var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Sharing, bufferSize: 0);
            Remove(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It harms nobody.
        }
    }

    public async ValueTask WriteAsync(Part part, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await RandomAccess.WriteAsync(_file.SafeFileHandle, bytes, part.Next, cancellationToken).ConfigureAwait(false);
        part.Hash?.AppendData(bytes.Span);
        part.Advance(bytes.Length);
        Interlocked.Add(ref _done, bytes.Length);
        if (Interlocked.Add(ref _unsaved, bytes.Length) >= _saveEvery && _saving.TryEnter())
        {
            try
            {
                Save();
            }
            finally
            {
                _saving.Exit();
            }
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) => RandomAccess.ReadAsync(_file.SafeFileHandle, buffer, offset, cancellationToken);

    /// <summary>Begins the running hash of a part, over what is there of it already.</summary>
    public async Task BeginHashAsync(Part part, CancellationToken cancellationToken)
    {
        if (part.Hash is not null || part.IsWhole)
        {
            return;
        }

        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await AppendAsync(hash, part.Start, part.Done, cancellationToken).ConfigureAwait(false);
        part.Hash = hash;
    }

    /// <summary>The SHA-256 of a stretch as it lies on disk.</summary>
    public async Task<string> HashAsync(long start, long length, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await AppendAsync(hash, start, length, cancellationToken).ConfigureAwait(false);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Makes one part of all, for a server that has no ranges. What lies beyond the first hole is given up.</summary>
    public Part Collapse()
    {
        if (_parts is [{ IsWhole: false } only])
        {
            return only;
        }

        var whole = new Part(0, Size, Frontier);
        foreach (var part in _parts)
        {
            part.Dispose();
        }

        _parts = [whole];
        Interlocked.Exchange(ref _done, whole.Done);
        return whole;
    }

    /// <summary>As if nothing had come of a part. Nobody may be at work on it.</summary>
    public void Reset(Part part)
    {
        Interlocked.Add(ref _done, -part.Done);
        part.Reset();
    }

    /// <summary>Puts the file into stable storage and then says so in the journal.</summary>
    public void SaveNow()
    {
        lock (_saving)
        {
            Save();
        }
    }

    /// <summary>Makes a whole file, whose digest has been checked, the blob; and closes it only then: whoever waits must not take a blob for a partial file.</summary>
    public void Complete(BlobStore store, BlobDigest digest)
    {
        _file.Flush(flushToDisk: true);
        store.Adopt(_path, digest);
        RemoveJournal(_path);
        Dispose();
    }

    /// <summary>Removes both, and closes.</summary>
    public void Abandon()
    {
        Remove(_path);
        Dispose();
    }

    public void Dispose()
    {
        foreach (var part in _parts)
        {
            part.Dispose();
        }

        _file.Dispose();
    }

    private static void Remove(string path)
    {
        RemoveJournal(path);
        File.Delete(path);
    }

    // The next one too, which a kill between writing and renaming leaves.
    private static void RemoveJournal(string path)
    {
        File.Delete(path + JournalSuffix);
        File.Delete(path + NextJournalSuffix);
    }

    /// <summary>
    /// Whether the file that is open is the one at its path. Between opening and locking another may have finished it, and then it is a blob, or removed it. A time of change
    /// of its own tells one file from another on every system.
    /// </summary>
    private static bool IsAt(string path, FileStream file, TimeProvider time)
    {
        File.SetLastWriteTimeUtc(file.SafeFileHandle, time.GetUtcNow().UtcDateTime.AddTicks(-Random.Shared.Next((int)TimeSpan.TicksPerSecond)));
        return File.Exists(path) && File.GetLastWriteTimeUtc(path) == File.GetLastWriteTimeUtc(file.SafeFileHandle);
    }

    private static Journal? ReadJournal(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path + JournalSuffix), RegistryJson.Default.Journal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The journal's parts, when it is one of this file and makes sense.</summary>
    private static ImmutableArray<Part>? Resume(Journal? journal, long size, string? validator)
    {
        if (journal?.Parts is not { Length: > 0 and <= MostParts } lines || journal.Size != size || journal.Validator != validator)
        {
            return null;
        }

        var parts = ImmutableArray.CreateBuilder<Part>(lines.Length);
        long start = 0;
        foreach (var line in lines)
        {
            if (line is not { Length: > 0 } || line.Done < 0 || line.Done > line.Length || line.Length > size - start)
            {
                return null;
            }

            parts.Add(new Part(start, line.Length, line.Done, line.Done == line.Length ? line.Sha256 : null));
            start += line.Length;
        }

        return start == size ? parts.MoveToImmutable() : null;
    }

    private static ImmutableArray<Part> Divide(long size, TransferOptions options)
    {
        var most = Math.Max(1, options.PartSize);
        var length = Math.Clamp(size / (options.Connections * 4L), Math.Min(LeastPart, most), most);
        var parts = ImmutableArray.CreateBuilder<Part>();
        for (long start = 0; start < size; start += length)
        {
            parts.Add(new Part(start, Math.Min(length, size - start)));
        }

        return parts.ToImmutable();
    }

    private async Task AppendAsync(IncrementalHash hash, long start, long length, CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        while (length > 0)
        {
            var read = await ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), start, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException($"{_path} is shorter than it was.");
            }

            hash.AppendData(buffer, 0, read);
            start += read;
            length -= read;
        }
    }

    private void Save()
    {
        Interlocked.Exchange(ref _unsaved, 0);

        // What is counted here is written; what is written is synced next; only then the journal may say so.
        var journal = new Journal(Size, _validator, [.. _parts.Select(static part => part.Done is var done && done == part.Length ? new JournalPart(part.Length, done, part.Sha256) : new JournalPart(part.Length, done, null))]);
        _file.Flush(flushToDisk: true);
        var temporary = _path + NextJournalSuffix;
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(journal, RegistryJson.Default.Journal));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, _path + JournalSuffix, overwrite: true);
    }
}

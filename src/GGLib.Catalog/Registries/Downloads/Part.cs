using System.Security.Cryptography;

namespace GGLib.Catalog.Registries.Downloads;

/// <summary>A stretch of a file that is fetched by one request at a time. One writer; <see cref="Done"/> may be read by anybody.</summary>
internal sealed class Part(long start, long length, long done = 0, string? sha256 = null) : IDisposable
{
    private long _done = done;

    public long Start => start;

    public long Length => length;

    /// <summary>How many bytes, from the beginning, are written.</summary>
    public long Done => Interlocked.Read(ref _done);

    public bool IsWhole => Done == length;

    /// <summary>Where the next byte goes.</summary>
    public long Next => start + Done;

    /// <summary>Of all bytes so far; null until work on it has begun.</summary>
    public IncrementalHash? Hash { get; set; }

    /// <summary>Of the part, once it is whole.</summary>
    public string? Sha256 { get; private set; } = sha256;

    public void Advance(int bytes)
    {
        // The digest first: the journal must not see a whole part without one.
        if (Done + bytes == length && Hash is not null)
        {
            Sha256 = Convert.ToHexStringLower(Hash.GetHashAndReset());
            Dispose();
        }

        Interlocked.Add(ref _done, bytes);
    }

    /// <summary>As if nothing had come.</summary>
    public void Reset()
    {
        Dispose();
        Sha256 = null;
        Interlocked.Exchange(ref _done, 0);
    }

    public void Dispose()
    {
        Hash?.Dispose();
        Hash = null;
    }
}

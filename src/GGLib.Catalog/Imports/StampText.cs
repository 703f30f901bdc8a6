using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace GGLib.Catalog.Imports;

/// <summary>Paths, lengths and times of change as one short text. Not thread-safe.</summary>
internal sealed class StampText
{
    // Another number when a reader reads something else out of the same store: then every store is read once more.
    private const int Revision = 2;

    private readonly XxHash128 _hash = new();

    /// <summary>Takes in a file or folder; what cannot be looked at counts as absent.</summary>
    public void Add(FileSystemInfo entry)
    {
        try
        {
            Add(entry.FullName, entry is FileInfo file ? file.Length : 0, entry.LastWriteTimeUtc.Ticks);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Add(entry.FullName, -1, 0);
        }
    }

    /// <summary>Takes in a file as what a link leads to.</summary>
    public void AddTarget(string path)
    {
        var stamp = FileStamp.Of(path);
        Add(path, stamp?.SizeBytes ?? -1, stamp?.ModifiedAt.UtcTicks ?? 0);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Revision}:{Convert.ToHexStringLower(_hash.GetCurrentHash())}");

    private void Add(string path, long length, long ticks) =>
        _hash.Append(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{path}\0{length}\0{ticks}\0")));
}

namespace GGLib.Catalog;

/// <summary>
/// The headers read during one piece of work, so that adding a folder opens each file once although every model asks about its
/// neighbours. Keeps those of one folder at a time. Not thread-safe.
/// </summary>
internal sealed class FolderHeaders
{
    private static readonly EnumerationOptions Options = new() { IgnoreInaccessible = true, MatchCasing = MatchCasing.CaseInsensitive };

    private readonly Dictionary<string, HeaderReading> _headers = new(StringComparer.Ordinal);
    private string? _folder;
    private List<string> _files = [];

    /// <summary>The header of a file as it is now.</summary>
    public HeaderReading Read(string path)
    {
        if (FileStamp.Of(path) is not { } stamp)
        {
            return new HeaderReading { Stamp = default, Problem = $"There is no file '{path}'." };
        }

        if (!_headers.TryGetValue(path, out var header) || header.Stamp != stamp)
        {
            header = HeaderReading.Of(path, stamp);
            _headers[path] = header;
        }

        return header;
    }

    /// <summary>All GGUF files of the folder that a file lies in, that file included, in order.</summary>
    public IReadOnlyList<string> FilesBeside(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (folder != _folder)
        {
            _folder = folder;
            _headers.Clear();
            try
            {
                _files = [.. Directory.EnumerateFiles(folder, "*.gguf", Options).Order(StringComparer.Ordinal)];
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A file may be readable in a folder that is not.
                _files = [];
            }
        }

        return _files;
    }
}

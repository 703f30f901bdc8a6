namespace GGLib.Catalog;

/// <summary>What a look at a file shows without opening it. A change of either number, in either direction, means: read again.</summary>
internal readonly record struct FileStamp(long SizeBytes, DateTimeOffset ModifiedAt)
{
    /// <summary>Looks at a file; null when it is not there.</summary>
    public static FileStamp? Of(string path) =>
        Target(path) is { } file ? new(file.Length, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero)) : null;

    /// <summary>The file behind a path, through symbolic links (Hugging Face's cache is made of them), or null when there is none.</summary>
    public static FileInfo? Target(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            }

            return file.Exists ? file : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A circle of links, a folder on the way that may not be entered, or a text that can be no path.
            return null;
        }
    }
}

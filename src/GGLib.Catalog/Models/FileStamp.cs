using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>What a look at a model's files shows without opening them. A change of either number means: read again.</summary>
internal readonly record struct FileStamp(long SizeBytes, DateTimeOffset ModifiedAt)
{
    /// <summary>Looks at a model's file, of a split one at all parts.</summary>
    /// <param name="path">The model's path, of a split one the first part's.</param>
    /// <param name="missing">The first file that is not there.</param>
    public static FileStamp? Of(string path, out string? missing)
    {
        missing = null;
        var size = 0L;
        var modified = DateTime.MinValue;
        foreach (var part in SplitFileName.PartsOf(path))
        {
            if (Target(part) is not { } file)
            {
                missing = part;
                return null;
            }

            size += file.Length;
            modified = file.LastWriteTimeUtc > modified ? file.LastWriteTimeUtc : modified;
        }

        return new(size, new DateTimeOffset(modified, TimeSpan.Zero));
    }

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
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A circle of links, or a folder on the way that may not be entered.
            return null;
        }
    }
}

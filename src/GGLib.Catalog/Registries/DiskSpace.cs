namespace GGLib.Catalog.Registries;

/// <summary>How much room there is.</summary>
internal static class DiskSpace
{
    public static long? Free(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A network share, or a file system that does not tell: then the write finds out.
            return null;
        }
    }

    /// <summary>As people read sizes of models: <c>4.7 GB</c>.</summary>
    public static string Text(long bytes) => bytes switch
    {
        < 1_000_000 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} KB"),
        < 1_000_000_000 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB"),
    };
}

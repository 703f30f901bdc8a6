using GGLib.Gguf;

namespace GGLib.Catalog.Imports.Folders;

/// <summary>What the readers of folders have in common.</summary>
internal static class FolderFiles
{
    // A name may claim 99,999 parts.
    private const int MostParts = 1000;

    private static readonly EnumerationOptions Options = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.System };

    /// <summary>The folders in a folder, in order, without hidden ones; none when it cannot be looked into.</summary>
    public static IReadOnlyList<string> FoldersIn(string folder, string pattern = "*")
    {
        try
        {
            return [.. Directory.EnumerateDirectories(folder, pattern, Options).Where(static path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Takes in every part of every file.</summary>
    public static void AddTo(StampText stamp, ModelFolder folder)
    {
        foreach (var part in folder.Files.SelectMany(static file => SplitFileName.PartsOf(file).Take(MostParts)))
        {
            stamp.AddTarget(part);
        }
    }
}

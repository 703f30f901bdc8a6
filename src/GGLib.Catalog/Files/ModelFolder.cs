using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>The GGUF files of a folder and of all below it. Nothing is opened.</summary>
public sealed class ModelFolder
{
    private const int MostLevels = 64;

    private readonly List<string> _files = [];
    private readonly List<string> _notes = [];
    private readonly HashSet<string> _seenFolders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seenFiles = new(StringComparer.Ordinal);

    private ModelFolder()
    {
    }

    /// <summary>The files, of a split model the first part whether it is there or not, in order.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>What could not be looked at or was passed over, a sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Walks a folder. Linked folders are entered once, and a file that has several paths comes once.</summary>
    public static ModelFolder Scan(string folder, CancellationToken cancellation)
    {
        var result = new ModelFolder();
        result.Walk(new DirectoryInfo(Path.GetFullPath(folder)), MostLevels, cancellation);
        result._files.Sort(StringComparer.Ordinal);
        return result;
    }

    private void Walk(DirectoryInfo folder, int levels, CancellationToken cancellation)
    {
        try
        {
            if (levels == 0 || !_seenFolders.Add((folder.ResolveLinkTarget(returnFinalTarget: true) ?? folder).FullName))
            {
                return;
            }

            // Real ones before links, so that a file keeps the path a person would give it.
            foreach (var entry in folder.EnumerateFileSystemInfos("*", new EnumerationOptions { IgnoreInaccessible = false })
                .OrderBy(static entry => entry.LinkTarget is not null).ThenBy(static entry => entry.Name, StringComparer.Ordinal))
            {
                cancellation.ThrowIfCancellationRequested();
                if (entry is DirectoryInfo below)
                {
                    Walk(below, levels - 1, cancellation);
                }
                else if (entry.Extension.Equals(".gguf", StringComparison.OrdinalIgnoreCase))
                {
                    Take(entry.FullName);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _notes.Add($"'{folder.FullName}' cannot be looked at: {exception.Message}");
        }
    }

    private void Take(string path)
    {
        var first = SplitFileName.FirstOf(path);
        if (_seenFiles.Contains(first) && first != path)
        {
            return;
        }

        var target = FileStamp.Target(path)?.FullName ?? path;
        if (!_seenFiles.Add(first == path ? target : first))
        {
            _notes.Add($"'{path}' is another path of a file that is there already.");
            return;
        }

        _seenFiles.Add(first);
        _files.Add(first);
    }
}

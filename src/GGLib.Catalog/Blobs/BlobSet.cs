using System.Collections.Immutable;
using System.Runtime.InteropServices;
using GGLib.Catalog.Registries;
using GGLib.Gguf;

namespace GGLib.Catalog.Blobs;

/// <summary>
/// Gives the parts of a split model their names back: llama-server finds them by <c>NAME-00001-of-00003.gguf</c>, and blobs have digests for names. They become hard links
/// in a folder of the model's own beside the blobs, which take no room; symbolic links where the file system knows no others.
/// </summary>
internal static partial class BlobSet
{
    private const string Folder = "sets";

    /// <summary>The same files, those of a split model with the path of their link.</summary>
    /// <exception cref="IOException">Neither kind of link can be made here.</exception>
    public static ImmutableArray<PulledFile> Link(BlobStore store, ImmutableArray<PulledFile> files, BlobDigest model)
    {
        if (!files.Any(static file => file.Role is PulledRole.Weights && SplitFileName.IsPart(file.Name)))
        {
            return files;
        }

        var folder = FolderOf(store, model);
        Directory.CreateDirectory(folder);

        // As of now, also where all links are there already: nobody must sweep it away before the model is stored.
        Directory.SetLastWriteTimeUtc(folder, store.Time.GetUtcNow().UtcDateTime);
        return [.. files.Select(file => file.Role is PulledRole.Weights && SplitFileName.IsPart(file.Name) ? file with { Path = LinkOne(file.Path, Path.Combine(folder, file.Name)) } : file)];
    }

    /// <summary>Where the links of a model are.</summary>
    public static string FolderOf(BlobStore store, BlobDigest model) => Path.Combine(store.Folder, Folder, model.Hex);

    /// <summary>Whether a path is such a link.</summary>
    public static bool IsLink(BlobStore store, string path) =>
        Path.GetDirectoryName(Path.GetDirectoryName(path)) is { } sets && sets == Path.Combine(store.Folder, Folder);

    /// <summary>How the files look that a link and its neighbours stand for.</summary>
    public static IEnumerable<FileStamp> StampsBeside(string link) =>
        Path.GetDirectoryName(link) is { } folder && Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Select(FileStamp.Of).OfType<FileStamp>() : [];

    /// <summary>Removes the links of a model that were made in this time and none of which is named: by a pull that was killed at its very end, or as its model was removed.</summary>
    public static void Sweep(BlobStore store, DateTimeOffset since, DateTimeOffset before, IReadOnlySet<string> named)
    {
        var sets = new DirectoryInfo(Path.Combine(store.Folder, Folder));
        foreach (var set in sets.Exists ? sets.EnumerateDirectories() : [])
        {
            List<string> links = [.. set.EnumerateFiles().Select(static file => file.FullName)];
            if (set.LastWriteTimeUtc >= since.UtcDateTime && set.LastWriteTimeUtc < before.UtcDateTime && !links.Any(named.Contains))
            {
                links.ForEach(Unlink);
            }
        }
    }

    /// <summary>Removes a link, and its folder with the last one. One that is in use where that forbids it stays.</summary>
    public static void Unlink(string path)
    {
        try
        {
            File.Delete(path);
            var folder = Path.GetDirectoryName(path)!;
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It harms nobody.
        }
    }

    private static string LinkOne(string blob, string link)
    {
        if (FileStamp.Of(link) is { } there && there == FileStamp.Of(blob))
        {
            return link;
        }

        // Under another name first: a model may be using the one that is there, and a kill must not leave it without.
        var next = link + ".new";
        File.Delete(next);
        var made = OperatingSystem.IsWindows() ? CreateHardLink(next, blob, 0) : Link(blob, next) == 0;
        if (!made)
        {
            File.CreateSymbolicLink(next, Path.GetRelativePath(Path.GetDirectoryName(link)!, blob));
        }

        File.Move(next, link, overwrite: true);
        return link;
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string added);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string added, string existing, nint security);
}

using System.Formats.Tar;
using System.IO.Compression;

namespace GGLib.Engine.Installation.Releases;

/// <summary>
/// Unpacks zip and tar.gz archives. Nothing an archive says leads out of the folder: names stay inside, links lead only to the
/// same folder or below, and nothing is written through a link.
/// </summary>
internal static class ArchiveUnpacker
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // Never what set-user-id bits or a world-writable mode in an archive would ask for.
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Throws <see cref="InvalidDataException"/> for a damaged archive and for one that would write outside.</summary>
    public static async Task UnpackAsync(string archive, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        if (archive.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            await UnpackZipAsync(archive, folder, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await UnpackTarAsync(archive, folder, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task UnpackTarAsync(string archive, string folder, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(archive);
        await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        await using var tar = new TarReader(unzipped);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
        {
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    MakeFolder(folder, entry.Name);
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    await WriteAsync(folder, entry.Name, entry.DataStream ?? Stream.Null, (entry.Mode & AnyExecute) != 0, cancellationToken).ConfigureAwait(false);
                    break;
                case TarEntryType.SymbolicLink:
                    Link(folder, entry.Name, entry.LinkName);
                    break;
                case TarEntryType.HardLink:
                    // Made as a copy, from inside only.
                    var source = Inside(folder, entry.LinkName);
                    if (!File.Exists(source) || new FileInfo(source).LinkTarget is not null)
                    {
                        throw new InvalidDataException($"The archive links {entry.Name} to {entry.LinkName}, which is not a file in it.");
                    }

                    File.Copy(source, Prepared(folder, entry.Name));
                    break;
                default:
                    // Devices and pipes have no place in an archive of programs; headers are read by the reader itself.
                    break;
            }
        }
    }

    private static async Task UnpackZipAsync(string archive, string folder, CancellationToken cancellationToken)
    {
        await using var zip = await ZipFile.OpenReadAsync(archive, cancellationToken).ConfigureAwait(false);
        foreach (var entry in zip.Entries)
        {
            // The upper half of the attributes is the Unix mode, when the archive was made on Unix.
            var mode = entry.ExternalAttributes >> 16;
            var name = entry.FullName.Replace('\\', '/');
            if (name.EndsWith('/'))
            {
                MakeFolder(folder, name);
                continue;
            }

            await using var data = await entry.OpenAsync(cancellationToken).ConfigureAwait(false);
            if ((mode & 0xF000) == 0xA000)
            {
                using var reader = new StreamReader(data);
                Link(folder, name, await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false));
            }
            else
            {
                await WriteAsync(folder, name, data, (mode & (int)AnyExecute) != 0, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static void MakeFolder(string folder, string name)
    {
        if (Inside(folder, name) != folder)
        {
            Directory.CreateDirectory(Prepared(folder, name));
        }
    }

    private static async Task WriteAsync(string folder, string name, Stream data, bool executable, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = executable ? Plain | AnyExecute : Plain;
        }

        await using var file = new FileStream(Prepared(folder, name), options);
        await data.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// A link to the same folder or below. With <c>..</c> a chain of links, each harmless by its text, can lead out; the archives'
    /// own links (<c>libllama.so</c> to <c>libllama.so.0</c>) need none.
    /// </summary>
    private static void Link(string folder, string name, string target)
    {
        if (target.Length == 0 || Path.IsPathRooted(target) || target.Contains('\\') || target.Split('/').Contains(".."))
        {
            throw new InvalidDataException($"The archive links {name} to {target}, which may lie outside of it.");
        }

        File.CreateSymbolicLink(Prepared(folder, name), target);
    }

    /// <summary>The path of an entry, its parent made, and no link on the way to it.</summary>
    private static string Prepared(string folder, string name)
    {
        var path = Inside(folder, name);
        for (var parent = Path.GetDirectoryName(path)!; parent.Length > folder.Length; parent = Path.GetDirectoryName(parent)!)
        {
            if (new FileInfo(parent).LinkTarget is not null)
            {
                throw new InvalidDataException($"The archive writes {name} through a link.");
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    private static string Inside(string folder, string name)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(folder, name)));
        return path == folder || path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new InvalidDataException($"The archive names {name}, which lies outside of it.");
    }
}

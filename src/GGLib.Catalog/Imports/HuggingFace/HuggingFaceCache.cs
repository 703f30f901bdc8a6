using System.Text;
using GGLib.Catalog.Imports.Folders;

namespace GGLib.Catalog.Imports.HuggingFace;

/// <summary>
/// Hugging Face's cache: <c>models--OWNER--REPOSITORY/snapshots/REVISION</c> are folders of links into <c>blobs</c>, and <c>refs/main</c> names the newest revision.
/// Source: <c>huggingface_hub</c>'s guide "Understand caching".
/// </summary>
internal sealed class HuggingFaceCache(string path) : StoreReader
{
    private const string Host = "hf.co";
    private const int MostBytesOfRef = 256;

    public override bool NamesModels => false;

    public override string Stamp(CancellationToken cancellation)
    {
        var stamp = new StampText();
        foreach (var (_, folder) in Snapshots(cancellation))
        {
            FolderFiles.AddTo(stamp, folder);
        }

        return stamp.ToString();
    }

    public override StoreReading Read(FolderHeaders headers, CancellationToken cancellation)
    {
        var reading = new StoreReading();
        foreach (var (repository, folder) in Snapshots(cancellation))
        {
            foreach (var note in folder.Notes)
            {
                reading.Refuse(note);
            }

            // The first two pairs of dashes divide; a third is part of the repository's name.
            if (Path.GetFileName(repository).Split("--", 3) is [_, { Length: > 0 } owner, { Length: > 0 } name])
            {
                RepositoryModels.Take($"{Host}/{RepositoryModels.Part(owner, mayHaveDots: false)}/{RepositoryModels.Part(name, mayHaveDots: true)}", folder.Files, StoreKind.HuggingFace, reading, headers);
            }
        }

        return reading;
    }

    // The revision of refs/main, else the newest that has a model: a revision of which somebody wanted only a text file has none.
    private IEnumerable<(string Repository, ModelFolder Folder)> Snapshots(CancellationToken cancellation)
    {
        foreach (var repository in FolderFiles.FoldersIn(path, "models--*--*"))
        {
            var main = Main(repository);
            foreach (var snapshot in FolderFiles.FoldersIn(Path.Combine(repository, "snapshots")).OrderByDescending(snapshot => Path.GetFileName(snapshot) == main).ThenByDescending(Directory.GetLastWriteTimeUtc))
            {
                cancellation.ThrowIfCancellationRequested();
                if (ModelFolder.Scan(snapshot, cancellation) is { Files.Count: > 0 } folder)
                {
                    yield return (repository, folder);
                    break;
                }
            }
        }
    }

    private static string? Main(string repository) =>
        SmallFile.Read(Path.Combine(repository, "refs", "main"), MostBytesOfRef, out _) is { } bytes ? Encoding.ASCII.GetString(bytes).Trim() : null;
}

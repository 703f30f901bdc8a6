namespace GGLib.Catalog.Imports.Folders;

/// <summary>LM Studio's folder: <c>PUBLISHER/REPOSITORY/*.gguf</c>. What lies elsewhere LM Studio does not see either.</summary>
internal sealed class PublisherFolders(string path) : StoreReader
{
    public override bool NamesModels => false;

    public override string Stamp(CancellationToken cancellation)
    {
        var stamp = new StampText();
        foreach (var repository in Repositories())
        {
            FolderFiles.AddTo(stamp, ModelFolder.Scan(repository, cancellation));
        }

        return stamp.ToString();
    }

    public override StoreReading Read(FolderHeaders headers, CancellationToken cancellation)
    {
        var reading = new StoreReading();
        foreach (var repository in Repositories())
        {
            var folder = ModelFolder.Scan(repository, cancellation);
            foreach (var note in folder.Notes)
            {
                reading.Refuse(note);
            }

            var publisher = RepositoryModels.Part(Path.GetFileName(Path.GetDirectoryName(repository))!, mayHaveDots: false);
            RepositoryModels.Take($"{publisher}/{RepositoryModels.Part(Path.GetFileName(repository), mayHaveDots: true)}", folder.Files, StoreKind.LmStudio, reading, headers);
        }

        return reading;
    }

    private IEnumerable<string> Repositories() => FolderFiles.FoldersIn(path).SelectMany(static publisher => FolderFiles.FoldersIn(publisher));
}

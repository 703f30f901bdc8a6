namespace GGLib.Catalog.Imports.Folders;

/// <summary>Any folder: every GGUF file in it and below, named after the file.</summary>
internal sealed class PlainFolder(string path) : StoreReader
{
    public override bool NamesModels => false;

    public override string Stamp(CancellationToken cancellation)
    {
        var stamp = new StampText();
        FolderFiles.AddTo(stamp, ModelFolder.Scan(path, cancellation));
        return stamp.ToString();
    }

    public override StoreReading Read(FolderHeaders headers, CancellationToken cancellation)
    {
        var reading = new StoreReading();
        var folder = ModelFolder.Scan(path, cancellation);
        foreach (var note in folder.Notes)
        {
            reading.Refuse(note);
        }

        foreach (var file in folder.Files.Where(static file => !ProjectorName.IsProjector(file)))
        {
            var name = ModelName.FromFileName(file);
            if (!reading.TryAdd(new StoreEntry(name, file, ProjectorChoice.Automatic, new ModelProfile { Source = ModelStore.WordOf(StoreKind.Folder) })))
            {
                reading.Refuse($"'{file}': another file of the folder has the name '{name}'.");
            }
        }

        return reading;
    }
}

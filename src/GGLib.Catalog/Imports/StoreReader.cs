using GGLib.Catalog.Imports.Folders;
using GGLib.Catalog.Imports.HuggingFace;
using GGLib.Catalog.Imports.Ollama;

namespace GGLib.Catalog.Imports;

/// <summary>Reads one kind of store. Never writes, and never throws for what is in the store.</summary>
internal abstract class StoreReader
{
    /// <summary>A text that changes whenever the store does, for a few system calls a file.</summary>
    public abstract string Stamp(CancellationToken cancellation);

    /// <summary>What is in the store now.</summary>
    /// <param name="headers">For names that only a file's header tells.</param>
    /// <param name="cancellation">Stops in the middle.</param>
    public abstract StoreReading Read(FolderHeaders headers, CancellationToken cancellation);

    /// <summary>Whether a file that is no model by itself is worth a sentence: in a folder of files it is none.</summary>
    public abstract bool NamesModels { get; }

    public static StoreReader Of(ModelStore store) => store.Kind switch
    {
        StoreKind.Ollama => new OllamaStore(store.Path),
        StoreKind.HuggingFace => new HuggingFaceCache(store.Path),
        StoreKind.LmStudio => new PublisherFolders(store.Path),
        _ => new PlainFolder(store.Path),
    };
}

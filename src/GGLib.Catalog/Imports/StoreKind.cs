namespace GGLib.Catalog.Imports;

/// <summary>What keeps the models of a folder.</summary>
public enum StoreKind
{
    /// <summary>Ollama: manifests, and blobs named by their digest.</summary>
    Ollama,

    /// <summary>The cache of Hugging Face's libraries and programs.</summary>
    HuggingFace,

    /// <summary>LM Studio: a folder for each publisher, in it one for each repository.</summary>
    LmStudio,

    /// <summary>Any folder with GGUF files in it or below.</summary>
    Folder,
}

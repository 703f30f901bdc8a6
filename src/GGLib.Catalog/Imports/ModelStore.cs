namespace GGLib.Catalog.Imports;

/// <summary>A folder of models that another program keeps. gglib reads it and never writes into it.</summary>
/// <param name="Kind">What keeps it.</param>
/// <param name="Path">Absolute, without a separator at the end.</param>
public sealed record ModelStore(StoreKind Kind, string Path)
{
    /// <summary>The word for its kind on the command line, in the database and in <see cref="ModelProfile.Source"/>.</summary>
    public string Word => WordOf(Kind);

    /// <summary>Who keeps it, in a sentence, for example <c>the Ollama store</c>.</summary>
    public string Title => Kind switch
    {
        StoreKind.Ollama => "the Ollama store",
        StoreKind.HuggingFace => "the Hugging Face cache",
        StoreKind.LmStudio => "LM Studio's folder",
        _ => "the folder",
    };

    /// <summary>Whether it can be looked into now; an unplugged disk cannot.</summary>
    public bool IsThere => Directory.Exists(Path);

    /// <summary>How many models it describes; whether they can be run only their files tell.</summary>
    public int Count(CancellationToken cancellation) => IsThere ? StoreReader.Of(this).Read(new FolderHeaders(), cancellation).Entries.Count : 0;

    /// <summary>The store in a folder, of the kind that its contents show.</summary>
    /// <param name="folder">The folder; relative paths count from the current one.</param>
    /// <param name="known">Stores whose kind is known by where they are: LM Studio's looks like any folder.</param>
    /// <exception cref="ArgumentException">The text can be no path.</exception>
    public static ModelStore At(string folder, IEnumerable<ModelStore> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        var path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder));
        if (known.FirstOrDefault(store => store.Path == path) is { } usual)
        {
            return usual;
        }

        return OllamaLooks(path) ? new(StoreKind.Ollama, path)
            : OllamaLooks(System.IO.Path.Combine(path, "models")) ? new(StoreKind.Ollama, System.IO.Path.Combine(path, "models"))
            : HuggingFaceLooks(path) ? new(StoreKind.HuggingFace, path)
            : HuggingFaceLooks(System.IO.Path.Combine(path, "hub")) ? new(StoreKind.HuggingFace, System.IO.Path.Combine(path, "hub"))
            : new(StoreKind.Folder, path);
    }

    internal static string WordOf(StoreKind kind) => kind switch
    {
        StoreKind.Ollama => "ollama",
        StoreKind.HuggingFace => "hf",
        StoreKind.LmStudio => "lmstudio",
        _ => "folder",
    };

    internal static StoreKind? KindOf(string word) => Enum.GetValues<StoreKind>().Where(kind => WordOf(kind) == word).Select(static kind => (StoreKind?)kind).FirstOrDefault();

    private static bool OllamaLooks(string path) => Directory.Exists(System.IO.Path.Combine(path, "manifests")) && Directory.Exists(System.IO.Path.Combine(path, "blobs"));

    private static bool HuggingFaceLooks(string path)
    {
        try
        {
            return Directory.Exists(path) && Directory.EnumerateDirectories(path, "models--*--*").Any();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

namespace GGLib.Catalog.Imports;

/// <summary>Where programs keep their models.</summary>
public static class StoreLocations
{
    /// <summary>Where Ollama keeps them as a service of a Linux system.</summary>
    public const string OllamaService = "/usr/share/ollama/.ollama/models";

    /// <summary>The stores that may be on this machine, whether they are there or not.</summary>
    /// <param name="variable">The environment: <c>OLLAMA_MODELS</c>, <c>HF_HUB_CACHE</c>, <c>HF_HOME</c>, and <c>HOME</c> or <c>USERPROFILE</c>.</param>
    /// <param name="service">The folder of Ollama's service; null when there can be none.</param>
    public static IReadOnlyList<ModelStore> Known(Func<string, string?> variable, string? service)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var home = variable(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME");
        List<ModelStore> stores = [];
        Add(StoreKind.Ollama, variable("OLLAMA_MODELS") ?? Under(home, ".ollama", "models"));
        Add(StoreKind.Ollama, service);
        Add(StoreKind.HuggingFace, variable("HF_HUB_CACHE") ?? Under(variable("HF_HOME"), "hub") ?? Under(home, ".cache", "huggingface", "hub"));
        Add(StoreKind.LmStudio, Under(home, ".lmstudio", "models"));
        Add(StoreKind.LmStudio, Under(home, ".cache", "lm-studio", "models"));
        return stores;

        void Add(StoreKind kind, string? path)
        {
            // A variable may hold anything.
            if (path is not null && !path.Contains('\0'))
            {
                var store = new ModelStore(kind, Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
                if (!stores.Contains(store))
                {
                    stores.Add(store);
                }
            }
        }
    }

    private static string? Under(string? folder, params ReadOnlySpan<string> names) => folder is null ? null : Path.Combine([folder, .. names]);
}

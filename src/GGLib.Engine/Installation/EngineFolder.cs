using System.Text.Json;

namespace GGLib.Engine.Installation;

/// <summary>
/// The <c>engine</c> folder below the data folder: one folder an install, <c>current.json</c> naming the one in use,
/// <c>.staging-*</c> for what is being prepared, <c>probes.json</c> for answers of binaries anywhere.
/// </summary>
internal sealed class EngineFolder
{
    private const string ManifestName = "engine.json";
    private const string StagingPrefix = ".staging-";

    public EngineFolder(string dataFolder) => Root = Path.Combine(Path.GetFullPath(dataFolder), "engine");

    public string Root { get; }

    public string ProbesFile => Path.Combine(Root, "probes.json");

    public string LockFile => Path.Combine(Root, ".lock");

    private string CurrentFile => Path.Combine(Root, "current.json");

    public string InstallFolder(string id) => Path.Combine(Root, id);

    public string NewStagingFolder() => Path.Combine(Root, StagingPrefix + Guid.NewGuid().ToString("N")[..12]);

    public IEnumerable<string> StagingFolders() => Directory.EnumerateDirectories(Root, StagingPrefix + "*");

    /// <summary>The install in use, or null when there is none, or only a damaged record of one.</summary>
    public EngineManifest? Current() =>
        Read(CurrentFile) is { } bytes && Parse(bytes, EngineJson.Default.CurrentEngine) is { Id: { } id } ? Manifest(id) : null;

    public void SetCurrent(string id) =>
        AtomicFile.Write(CurrentFile, JsonSerializer.SerializeToUtf8Bytes(new CurrentEngine(id), EngineJson.Default.CurrentEngine));

    /// <summary>Complete installs: the manifest is written before the folder gets its final name.</summary>
    public IEnumerable<EngineManifest> Installs() =>
        Directory.EnumerateDirectories(Root).Select(static path => Path.GetFileName(path)).Select(Manifest).OfType<EngineManifest>();

    public static void WriteManifest(string folder, EngineManifest manifest) =>
        AtomicFile.Write(Path.Combine(folder, ManifestName), JsonSerializer.SerializeToUtf8Bytes(manifest, EngineJson.Default.EngineManifest));

    private EngineManifest? Manifest(string id)
    {
        // The id becomes a path: it must stay one folder below ours whatever the file says.
        if (id.Length == 0 || id.StartsWith('.') || id.AsSpan().ContainsAny('/', '\\', ':'))
        {
            return null;
        }

        return Read(Path.Combine(InstallFolder(id), ManifestName)) is { } bytes
            && Parse(bytes, EngineJson.Default.EngineManifest) is { } manifest && manifest.Id == id && manifest.IsComplete
                ? manifest
                : null;
    }

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static T? Parse<T>(byte[] bytes, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

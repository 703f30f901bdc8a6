using System.Security.Cryptography;

namespace GGLib.Catalog.Imports.Ollama;

/// <summary>
/// Ollama's store: <c>manifests/HOST/NAMESPACE/MODEL/TAG</c> name the blobs of each model, <c>blobs/sha256-HEX</c> are its files.
/// Source: Ollama's <c>server/modelpath.go</c> and <c>manifest/</c>.
/// </summary>
internal sealed class OllamaStore(string path) : StoreReader
{
    private const int MostManifests = 10_000;
    private const int MostTextBytes = 4 << 20;

    private static readonly EnumerationOptions Options = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.System };

    private readonly string _manifests = Path.Combine(path, "manifests");
    private readonly string _blobs = Path.Combine(path, "blobs");

    public override bool NamesModels => true;

    public override string Stamp(CancellationToken cancellation)
    {
        var stamp = new StampText();
        foreach (var manifest in Manifests())
        {
            cancellation.ThrowIfCancellationRequested();
            stamp.Add(manifest);
        }

        // A blob that was missing may have come.
        stamp.Add(new DirectoryInfo(_blobs));
        return stamp.ToString();
    }

    public override StoreReading Read(FolderHeaders headers, CancellationToken cancellation)
    {
        var reading = new StoreReading();
        foreach (var manifest in Manifests())
        {
            cancellation.ThrowIfCancellationRequested();
            Take(manifest, reading);
        }

        return reading;
    }

    private void Take(FileInfo manifest, StoreReading reading)
    {
        var relative = Path.GetRelativePath(_manifests, manifest.FullName).Split(Path.DirectorySeparatorChar);
        if (relative is not [var host, var space, var model, var tag] || !ModelName.TryParse($"{host}/{space}/{model}:{tag}", out var name) || name.HadCloudSuffix || name.Tag != tag)
        {
            reading.Refuse($"'{manifest.FullName}' is not the path of a manifest.");
            return;
        }

        if (Entry(manifest.FullName, name, out var problem, out var isLost) is not { } entry)
        {
            reading.Refuse($"'{name}': {problem}.", isLost ? name : null);
        }
        else if (!reading.TryAdd(entry))
        {
            reading.Refuse($"'{name}': another manifest differs from its name only in upper and lower case.");
        }
    }

    /// <param name="manifest">The manifest's path.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="problem">Why there is no entry, without a full stop.</param>
    /// <param name="isLost">Whether that is a file that may come back.</param>
    private StoreEntry? Entry(string manifest, ModelName name, out string problem, out bool isLost)
    {
        isLost = false;
        if (SmallFile.Read(manifest, OllamaManifest.MostBytes, out var end) is not { } bytes || OllamaManifest.Parse(bytes, out end) is not { } parsed)
        {
            problem = $"the manifest '{manifest}' {end}";
            return null;
        }

        var configuration = OllamaConfiguration.Unknown;
        if (parsed.Config is { } config)
        {
            if (Blob(config) is not { } file || SmallFile.Read(file, MostTextBytes, out end) is not { } json || OllamaConfiguration.Parse(json) is not { } read)
            {
                problem = $"its configuration sha256-{config[..12]} is missing or damaged";
                return null;
            }

            configuration = read;
        }

        if (configuration.RemoteHost is { } remote)
        {
            problem = $"it is computed by {remote}, not by this machine";
            return null;
        }

        if (parsed.Layers.All(static layer => layer.Kind is not "model") || configuration.Format is not (null or "gguf"))
        {
            problem = configuration.Format is { } format and not "gguf"
                ? $"its weights are {format}, and only GGUF can be run"
                : parsed.Layers.Any(static layer => layer.Kind is "tensor") ? "its weights are safetensors, and only GGUF can be run" : "its manifest names no weights";
            return null;
        }

        return Entry(parsed, name, configuration, Convert.ToHexStringLower(SHA256.HashData(bytes)), out problem, out isLost);
    }

    private StoreEntry? Entry(OllamaManifest manifest, ModelName name, OllamaConfiguration configuration, string digest, out string problem, out bool isLost)
    {
        string? weights = null;
        var projector = ProjectorChoice.None;
        var profile = new ModelProfile
        {
            Source = ModelStore.WordOf(StoreKind.Ollama),
            ManifestDigest = digest,
            Requires = configuration.Requires,

            // Its Go text says the same to Ollama's renderer as the file's own Jinja text says to llama-server.
            PrefersFileTemplate = true,
        };
        foreach (var layer in manifest.Layers)
        {
            if (Blob(layer.Sha256) is not { } file)
            {
                problem = $"its blob sha256-{layer.Sha256[..12]} ({layer.Kind}) is missing";
                isLost = true;
                return null;
            }

            switch (layer.Kind)
            {
                case "model":
                    weights ??= file;
                    break;
                case "projector":
                    projector = projector.Path is null ? ProjectorChoice.File(file) : projector;
                    break;
                case "adapter":
                    profile = profile with { Adapters = profile.Adapters.Add(file) };
                    break;
                default:
                    if (With(profile, layer.Kind, file) is not { } more)
                    {
                        problem = $"its blob sha256-{layer.Sha256[..12]} ({layer.Kind}) is damaged or too large";
                        isLost = false;
                        return null;
                    }

                    profile = more;
                    break;
            }
        }

        (problem, isLost) = ("", false);
        return new StoreEntry(name, weights!, projector, profile);
    }

    // Null when the blob makes no sense; what is not known is passed over, as Ollama does.
    private static ModelProfile? With(ModelProfile profile, string kind, string file)
    {
        if (kind is not ("template" or "system" or "license" or "params" or "messages"))
        {
            return profile;
        }

        if (SmallFile.Read(file, MostTextBytes, out _) is not { } bytes)
        {
            // A system prompt may be empty.
            return FileStamp.Of(file) is { SizeBytes: 0 } ? profile : null;
        }

        return kind switch
        {
            "params" => OllamaTexts.TryOptions(bytes, out var options) ? profile with { Parameters = ModelOptions.Over(options, profile.Parameters) } : null,
            "messages" => OllamaTexts.TryMessages(bytes, out var messages) ? profile with { Messages = messages } : null,
            _ when OllamaTexts.Text(bytes) is null => null,
            "template" => profile with { Template = OllamaTexts.Text(bytes) },
            "system" => profile with { System = OllamaTexts.Text(bytes) },
            _ => profile with { Licenses = profile.Licenses.Add(OllamaTexts.Text(bytes)!) },
        };
    }

    // The second spelling is that of versions before 2024.
    private string? Blob(string sha256) =>
        new[] { "sha256-" + sha256, "sha256:" + sha256 }.Select(file => Path.Combine(_blobs, file)).FirstOrDefault(static file => FileStamp.Target(file) is not null);

    private IEnumerable<FileInfo> Manifests()
    {
        IEnumerable<DirectoryInfo> folders = [new(_manifests)];
        for (var level = 0; level < 3; level++)
        {
            folders = folders.SelectMany(static folder => Below(folder, static folder => folder.EnumerateDirectories("*", Options)));
        }

        return folders.SelectMany(static folder => Below(folder, static folder => folder.EnumerateFiles("*", Options))).Take(MostManifests);
    }

    // In order, and without what file managers leave: .DS_Store.
    private static IEnumerable<T> Below<T>(DirectoryInfo folder, Func<DirectoryInfo, IEnumerable<T>> entries)
        where T : FileSystemInfo
    {
        try
        {
            return [.. entries(folder).Where(static entry => !entry.Name.StartsWith('.')).OrderBy(static entry => entry.Name, StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

namespace GGLib.Catalog.Registries;

/// <summary>Tells the three kinds of names apart. Whatever could lead out of a folder or an address is no name.</summary>
internal static class RemoteNameParser
{
    private const string Extension = ".gguf";

    // Longer than any name; addresses may carry a signature.
    private const int MaxLength = 4096;

    // The Hub's own limit, longer than that of names here.
    private const int MaxRepository = 96;

    public static RemoteName? Parse(string? text, out TransferFailure? failure)
    {
        failure = null;
        var name = text?.Trim() ?? "";
        if (name.Length is 0 or > MaxLength || name.Any(char.IsControl))
        {
            failure = Invalid(name);
            return null;
        }

        RemoteName? remote = OfHub(name, out var isOfHub);
        if (!isOfHub)
        {
            remote = OfFile(name);
            remote ??= OfRegistry(name, out failure);
        }

        if (remote is null)
        {
            failure ??= Invalid(name);
        }

        return remote;
    }

    /// <summary>The name as far as it may be shown.</summary>
    private static TransferFailure Invalid(string name)
    {
        var shown = new string([.. name.Take(80).Select(static character => char.IsControl(character) ? '?' : character)]);
        return new TransferFailure(
            TransferFault.InvalidName,
            name.Length == 0
                ? "The name of the model is empty."
                : $"\"{shown}{(name.Length > 80 ? "…" : "")}\" is not the name of a model: it should look like qwen3:0.6b, user/model:tag, hf.co/owner/repo:Q4_K_M or https://host/file.gguf.");
    }

    private static RemoteName.HuggingFace? OfHub(string name, out bool isOfHub)
    {
        var rest = WithoutScheme(name, out _);
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        isOfHub = slash > 0 && IsHub(rest[..slash]);
        if (!isOfHub)
        {
            return null;
        }

        rest = rest[(slash + 1)..].TrimEnd('/');
        var parts = rest.Split('/', 3);
        if (parts.Length < 2)
        {
            return null;
        }

        string? wanted = null;
        var repository = parts[1];
        if (parts.Length == 3)
        {
            // As a browser has it: /resolve/main/FILE or /blob/main/FILE.
            var file = parts[2].Split('/', 3);
            if (file.Length < 3 || file[0] is not ("resolve" or "blob") || file[1] != "main")
            {
                return null;
            }

            wanted = Uri.UnescapeDataString(file[2].Split('?')[0]);
            if (!wanted.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }
        else if (repository.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon)
        {
            (repository, wanted) = (repository[..colon], repository[(colon + 1)..]);
            if (wanted.Equals(ModelName.DefaultTag, StringComparison.OrdinalIgnoreCase))
            {
                wanted = null;
            }
        }

        return IsHubPart(parts[0]) && IsHubPart(repository) && (wanted is null || IsPath(wanted))
            ? new(NameOf(parts[0], repository, wanted), parts[0], repository, wanted)
            : null;
    }

    private static RemoteName.File? OfFile(string name) =>
        (name.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || name.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        && !name.Contains('\\', StringComparison.Ordinal)
        && Uri.TryCreate(name, UriKind.Absolute, out var address)
        && address is { Host.Length: > 0, UserInfo.Length: 0 }
        && address.AbsolutePath.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)
            ? new(ModelName.FromFileName(Uri.UnescapeDataString(address.AbsolutePath)), address)
            : null;

    private static RemoteName.Registry? OfRegistry(string name, out TransferFailure? failure)
    {
        failure = null;
        _ = WithoutScheme(name, out var scheme);
        if (scheme is not (null or "http" or "https") || !ModelName.TryParse(name, out var model))
        {
            return null;
        }

        if (model.Origin is NameOrigin.Cloud)
        {
            failure = new TransferFailure(TransferFault.Unsupported, $"{name} runs at ollama.com and not here: it cannot be pulled.");
            return null;
        }

        // The grammar of names lets a dot begin nowhere, yet two may stand inside a host.
        return model.Full.Contains("..", StringComparison.Ordinal) ? null : new(model, scheme);
    }

    private static string WithoutScheme(string name, out string? scheme)
    {
        var end = name.IndexOf("://", StringComparison.Ordinal);
#pragma warning disable CA1308 // Schemes are written in lower case.
        scheme = end < 0 ? null : name[..end].ToLowerInvariant();
#pragma warning restore CA1308
        return end < 0 ? name : name[(end + 3)..];
    }

    private static bool IsHub(string host) =>
        host.Equals("hf.co", StringComparison.OrdinalIgnoreCase)
        || host.Equals("huggingface.co", StringComparison.OrdinalIgnoreCase)
        || host.Equals("www.huggingface.co", StringComparison.OrdinalIgnoreCase);

    private static bool IsHubPart(string part) =>
        part.Length is > 0 and <= MaxRepository
        && NameParts.IsFirst(part[0])
        && part.All(NameParts.IsInModel)
        && !part.Contains("..", StringComparison.Ordinal);

    /// <summary>A file within a repository, or a quantisation.</summary>
    private static bool IsPath(string path) =>
        path.Length is > 0 and <= 1024
        && path.Split('/').All(static part => part is not ("" or "." or ".."))
        && !path.AsSpan().ContainsAny("\\:?#%")
        && !path.Any(char.IsControl);

    /// <summary>As Ollama would keep it; where a part is longer than names may be, as a file would be called.</summary>
    private static ModelName NameOf(string owner, string repository, string? wanted)
    {
        var tag = wanted is null ? ModelName.DefaultTag : wanted[(wanted.LastIndexOf('/') + 1)..];
        return ModelName.TryParse($"hf.co/{owner}/{repository}:{tag}", out var name) ? name : ModelName.FromFileName($"{repository}-{tag}");
    }
}

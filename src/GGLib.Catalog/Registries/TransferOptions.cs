namespace GGLib.Catalog.Registries;

/// <summary>Where models come from, and how they are fetched. Immutable.</summary>
public sealed record TransferOptions
{
    /// <summary>The environment variable for <see cref="OllamaRegistry"/>.</summary>
    public const string OllamaRegistryVariable = "GGLIB_OLLAMA_REGISTRY";

    /// <summary>The environment variable for <see cref="HuggingFace"/>, as Hugging Face's own tools name it.</summary>
    public const string HuggingFaceVariable = "HF_ENDPOINT";

    /// <summary>The environment variable for <see cref="HuggingFaceToken"/>.</summary>
    public const string HuggingFaceTokenVariable = "HF_TOKEN";

    /// <summary>What a name without a host, or with <c>registry.ollama.ai</c>, is asked for at.</summary>
    public Uri OllamaRegistry { get; init; } = new("https://registry.ollama.ai");

    /// <summary>The Hugging Face Hub, or a mirror of it.</summary>
    public Uri HuggingFace { get; init; } = new("https://huggingface.co");

    /// <summary>The user's token for the Hub, sent to <see cref="HuggingFace"/> alone; null for none.</summary>
    public string? HuggingFaceToken { get; init; }

    /// <summary>How many parts of a file are fetched at once.</summary>
    public int Connections { get; init; } = 8;

    /// <summary>The most bytes of a part. Smaller files have smaller parts, so that all connections have work.</summary>
    public long PartSize { get; init; } = 64L << 20;

    /// <summary>How long a server may say nothing before a request is tried again.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a request is tried that brings nothing.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>The first wait before another try; it doubles from there, with some chance.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait before another try, and the longest that a server may ask for.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The free bytes of the disk with this folder; null when they cannot be told.</summary>
    internal Func<string, long?> FreeBytes { get; init; } = DiskSpace.Free;

    /// <summary>Options from the environment's variables; null with a sentence when one of them cannot be used.</summary>
    public static TransferOptions? FromVariables(Func<string, string?> variable, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var options = new TransferOptions { HuggingFaceToken = variable(HuggingFaceTokenVariable) is { } token && !string.IsNullOrWhiteSpace(token) ? token.Trim() : null };
        problem = null;
        if (Address(OllamaRegistryVariable, out var registry, ref problem) && registry is not null)
        {
            options = options with { OllamaRegistry = registry };
        }

        if (Address(HuggingFaceVariable, out var hub, ref problem) && hub is not null)
        {
            options = options with { HuggingFace = hub };
        }

        return problem is null ? options : null;

        bool Address(string name, out Uri? address, ref string? problem)
        {
            address = null;
            var text = variable(name)?.Trim();
            if (string.IsNullOrEmpty(text))
            {
                return true;
            }

            text = text.Contains("://", StringComparison.Ordinal) ? text : "https://" + text;
            if (Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) && address.UserInfo.Length == 0)
            {
                return true;
            }

            problem ??= $"{name} is \"{variable(name)}\", which is not the address of a server, such as https://example.com.";
            return false;
        }
    }
}

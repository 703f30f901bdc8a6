using System.Collections.Immutable;
using GGLib.Catalog.Blobs;
using GGLib.Catalog.Modelfiles;

namespace GGLib.Catalog.Registries;

/// <summary>A model whose files are all there, checked. Immutable.</summary>
public sealed record PulledModel
{
    /// <summary>Where it came from.</summary>
    public required RemoteName Source { get; init; }

    /// <summary>Whether plain HTTP was allowed.</summary>
    public bool Insecure { get; init; }

    /// <summary>The name under which it is to be kept.</summary>
    public required ModelName Name { get; init; }

    /// <summary>The manifest as JSON: the registry's own bytes, or one in its form where the source has none.</summary>
    public required string ManifestJson { get; init; }

    /// <summary>The SHA-256 of the manifest.</summary>
    public required BlobDigest ManifestDigest { get; init; }

    /// <summary>All files, in the manifest's order.</summary>
    public required ImmutableArray<PulledFile> Files { get; init; }

    /// <summary>The paths of the model's own file, or of all its parts in order. llama-server is given the first.</summary>
    public ImmutableArray<string> Weights => PathsOf(PulledRole.Weights);

    /// <summary>The projector's path, or null.</summary>
    public string? Projector => PathsOf(PulledRole.Projector) is [var first, ..] ? first : null;

    /// <summary>The paths of the LoRA adapters.</summary>
    public ImmutableArray<string> Adapters => PathsOf(PulledRole.Adapter);

    /// <summary>The prompt template, as Go text; null when the model's own counts.</summary>
    public string? Template { get; init; }

    /// <summary>Whether <see cref="Template"/> goes before the one in the model's file.</summary>
    public bool PrefersTemplate { get; init; }

    /// <summary>The system prompt, or null.</summary>
    public string? System { get; init; }

    /// <summary>The texts of the licences.</summary>
    public ImmutableArray<string> Licenses { get; init; } = [];

    /// <summary>The options, as the text of a JSON object; null for none.</summary>
    public string? ParametersJson { get; init; }

    /// <summary>Messages that precede every conversation.</summary>
    public ImmutableArray<ModelfileMessage> Messages { get; init; } = [];

    /// <summary>The manifest's configuration as JSON, or null.</summary>
    public string? ConfigJson { get; init; }

    private ImmutableArray<string> PathsOf(PulledRole role) => [.. Files.Where(file => file.Role == role).Select(static file => file.Path)];
}

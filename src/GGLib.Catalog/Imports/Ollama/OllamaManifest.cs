using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace GGLib.Catalog.Imports.Ollama;

/// <summary>A manifest: which blobs are a model. Nothing in it is trusted: a digest is 64 hexadecimal digits or the manifest is refused.</summary>
/// <param name="Config">The SHA-256 of the configuration; null when it has none.</param>
/// <param name="Layers">The layers in order.</param>
internal sealed record OllamaManifest(string? Config, ImmutableArray<OllamaLayer> Layers)
{
    /// <summary>A manifest has a few hundred bytes a layer.</summary>
    public const int MostBytes = 1 << 20;

    private const int MostLayers = 256;
    private const string DigestPrefix = "sha256:";
    private const string MediaPrefix = "application/vnd.ollama.image.";

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    // Arrays and objects inside each other; a manifest has four.
    public static readonly JsonDocumentOptions Shallow = new() { MaxDepth = 32 };

    /// <param name="json">The file.</param>
    /// <param name="problem">Why there is none: the end of a sentence that begins with the manifest.</param>
    public static OllamaManifest? Parse(ReadOnlyMemory<byte> json, out string problem)
    {
        problem = "is damaged";
        try
        {
            using var document = JsonDocument.Parse(json, Shallow);
            if (document.RootElement.ValueKind is not JsonValueKind.Object || !document.RootElement.TryGetProperty("layers", out var layers) || layers.ValueKind is not JsonValueKind.Array)
            {
                problem = "has no layers";
                return null;
            }

            if (layers.GetArrayLength() > MostLayers)
            {
                problem = $"has more than {MostLayers} layers";
                return null;
            }

            var result = ImmutableArray.CreateBuilder<OllamaLayer>(layers.GetArrayLength());
            foreach (var layer in layers.EnumerateArray())
            {
                if (DigestOf(layer) is not { } sha256)
                {
                    problem = "has a layer without a valid digest";
                    return null;
                }

                result.Add(new OllamaLayer(Text(layer, "mediaType") is { } media && media.StartsWith(MediaPrefix, StringComparison.Ordinal) ? media[MediaPrefix.Length..] : "", sha256));
            }

            string? config = null;
            if (document.RootElement.TryGetProperty("config", out var element) && element.ValueKind is JsonValueKind.Object && (config = DigestOf(element)) is null && Text(element, "digest") is { Length: > 0 })
            {
                problem = "has a configuration without a valid digest";
                return null;
            }

            return new OllamaManifest(config, result.DrainToImmutable());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second: a text that is no Unicode.
            return null;
        }
    }

    /// <summary>A property that is a text; null when it is not there or is something else.</summary>
    public static string? Text(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static string? DigestOf(JsonElement element) =>
        Text(element, "digest") is { } digest
        && digest.Length == DigestPrefix.Length + 64
        && digest.StartsWith(DigestPrefix, StringComparison.Ordinal)
        && !digest.AsSpan(DigestPrefix.Length).ContainsAnyExcept(Hexadecimal)
            ? digest[DigestPrefix.Length..]
            : null;
}

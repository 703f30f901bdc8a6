using System.Text.Json;

namespace GGLib.Catalog.Imports.Ollama;

/// <summary>What a model's configuration blob says of it.</summary>
/// <param name="Format">The format of the weights, such as <c>gguf</c>; null when it does not say.</param>
/// <param name="RemoteHost">The machine that computes a model whose weights are not here; null for one of this machine.</param>
/// <param name="Requires">The least version of Ollama, or null.</param>
internal sealed record OllamaConfiguration(string? Format, string? RemoteHost, string? Requires)
{
    /// <summary>Of a manifest without a configuration.</summary>
    public static OllamaConfiguration Unknown { get; } = new(null, null, null);

    /// <summary>Null when it is no JSON object.</summary>
    public static OllamaConfiguration? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, OllamaManifest.Shallow);
            var root = document.RootElement;
            return root.ValueKind is not JsonValueKind.Object
                ? null
                : new(Filled(root, "model_format"), Filled(root, "remote_host"), Filled(root, "requires"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Filled(JsonElement root, string name) => OllamaManifest.Text(root, name) is { Length: > 0 } text ? text : null;
}

using System.Collections.Immutable;
using System.Text.Json;

namespace GGLib.Catalog;

/// <summary>What a model's maker says of it in <c>info</c> of <c>POST /api/create</c>; it is shown in place of what the file says. What is null is not said. Immutable.</summary>
public sealed record StatedFacts
{
    /// <summary>What it can do, in Ollama's words; it is let do that and nothing else.</summary>
    public ImmutableArray<string>? Capabilities { get; init; }

    /// <summary>The family, in place of the architecture.</summary>
    public string? Family { get; init; }

    /// <summary>The name of what it was trained from.</summary>
    public string? BaseName { get; init; }

    /// <summary>The format of the weights.</summary>
    public string? Quantization { get; init; }

    /// <summary>How many parameters, as text: <c>8.2B</c>.</summary>
    public string? ParameterSize { get; init; }

    /// <summary>In tokens. For show: the context a runner gets is the file's and the settings'.</summary>
    public long? ContextLength { get; init; }

    /// <summary>The numbers of an embedding.</summary>
    public long? EmbeddingLength { get; init; }

    /// <summary>Reads the object; null when it says nothing that is known. A value of another type than its field's is passed over.</summary>
    public static StatedFacts? Of(JsonElement info)
    {
        var facts = new StatedFacts
        {
            Capabilities = info.TryGetProperty("capabilities"u8, out var list) && list.ValueKind is JsonValueKind.Array
                ? [.. list.EnumerateArray().Where(static item => item.ValueKind is JsonValueKind.String).Select(static item => item.GetString()!)]
                : null,
            Family = Text(info, "model_family"u8),
            BaseName = Text(info, "base_name"u8),
            Quantization = Text(info, "quantization_level"u8),
            ParameterSize = Text(info, "parameter_size"u8),
            ContextLength = Count(info, "context_length"u8),
            EmbeddingLength = Count(info, "embedding_length"u8),
        };
        return facts == new StatedFacts() ? null : facts;
    }

    private static string? Text(JsonElement info, ReadOnlySpan<byte> name) =>
        info.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static long? Count(JsonElement info, ReadOnlySpan<byte> name) =>
        info.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var count) && count > 0 ? count : null;
}

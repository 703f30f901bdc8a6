using System.Text.Json;

namespace GGLib.Server.Inference;

/// <summary>The engine's vectors for some inputs.</summary>
/// <param name="Vectors">In the order of the inputs.</param>
/// <param name="PromptTokens">Tokens of all inputs together.</param>
internal sealed record Embedding(IReadOnlyList<float[]> Vectors, long PromptTokens)
{
    /// <summary>Reads the answer of <c>/v1/embeddings</c>; null when it is not one.</summary>
    public static Embedding? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var vectors = new SortedDictionary<int, float[]>();
            foreach (var item in document.RootElement.GetProperty("data"u8).EnumerateArray())
            {
                var vector = item.GetProperty("embedding"u8);
                vectors[item.GetProperty("index"u8).GetInt32()] = [.. vector.EnumerateArray().Select(number => number.ValueKind is JsonValueKind.Number ? number.GetSingle() : float.NaN)];
            }

            var usage = document.RootElement.GetProperty("usage"u8).GetProperty("prompt_tokens"u8).GetInt64();
            return new Embedding([.. vectors.Values], usage);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The first <paramref name="dimensions"/> numbers, scaled to length 1. A count that is not smaller than the vector changes nothing but the scale.</summary>
    public static float[] Normalized(float[] vector, int dimensions)
    {
        var cut = dimensions > 0 && dimensions < vector.Length ? vector.AsSpan(0, dimensions) : vector;
        // In single precision throughout, as Ollama does it: the same digits then.
        var sum = 0f;
        foreach (var number in cut)
        {
            sum += number * number;
        }

        var scale = sum > 0 ? (float)(1 / Math.Sqrt(sum)) : 0;
        var normalized = new float[cut.Length];
        for (var index = 0; index < cut.Length; index++)
        {
            normalized[index] = cut[index] * scale;
        }

        return normalized;
    }
}

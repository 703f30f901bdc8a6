using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FakeLlama.Wire;
using static FakeLlama.Wire.JsonText;

namespace FakeLlama.Answers;

/// <summary><c>/v1/embeddings</c>: unit vectors made from the text alone, so that equal texts are equal and others are not.</summary>
internal static class EmbeddingAnswer
{
    public static (int Status, string Body) Make(JsonElement body, string model, int length, int batch)
    {
        if (!body.TryGetProperty("input", out var input) && !body.TryGetProperty("content", out input))
        {
            return (400, ErrorText.Invalid("\"input\" or \"content\" must be provided"));
        }

        var texts = input.ValueKind is JsonValueKind.Array && input.EnumerateArray().All(item => item.ValueKind is not JsonValueKind.Number)
            ? input.EnumerateArray().ToArray()
            : [input];
        if (texts.Length == 0)
        {
            return (400, ErrorText.Invalid("\"input\" must not be empty"));
        }

        var counts = texts.Select(Count).ToArray();
        if (counts.FirstOrDefault(count => count > batch) is var tooLong and > 0)
        {
            return (500, ErrorText.From(500, $"input ({tooLong} tokens) is too large to process. increase the physical batch size (current batch size: {batch})", "server_error"));
        }

        var base64 = body.TryGetProperty("encoding_format", out var format) && format.ValueEquals("base64");
        var data = texts.Select((text, i) => base64
            ? $$"""{"embedding":"{{Base64(Vector(text, length))}}","index":{{i}},"object":"embedding","encoding_format":"base64"}"""
            : $$"""{"embedding":[{{string.Join(',', Vector(text, length).Select(value => Number(value)))}}],"index":{{i}},"object":"embedding"}""");
        return (200, $$"""{"model":{{Quote(model)}},"object":"list","usage":{"prompt_tokens":{{counts.Sum()}},"total_tokens":{{counts.Sum()}}},"data":[{{string.Join(',', data)}}]}""");
    }

    // A real embedding model frames the text with two tokens of its own.
    private static int Count(JsonElement text) => text.ValueKind is JsonValueKind.String
        ? Vocabulary.Count(text.GetString()!) + 2
        : text.ValueKind is JsonValueKind.Array ? text.GetArrayLength() : 1;

    private static float[] Vector(JsonElement text, int length)
    {
        var seed = BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(text.GetRawText())));
        var random = new Random(seed);
        var values = Enumerable.Range(0, length).Select(_ => (random.NextDouble() * 2) - 1).ToArray();
        var norm = Math.Sqrt(values.Sum(value => value * value));
        return [.. values.Select(value => (float)(value / norm))];
    }

    private static string Base64(float[] values) => Convert.ToBase64String(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values));
}

using System.Buffers;
using System.Text.Json;
using GGLib.Server.Json;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Turns llama-server's log probabilities into Ollama's: no token ids, and no alternatives unless asked for.</summary>
internal static class LogprobsText
{
    /// <summary>Appends the elements of <paramref name="array"/>, comma-separated, to <paramref name="output"/>.</summary>
    public static void Append(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> array, int top)
    {
        var reader = new Utf8JsonReader(array);
        using var document = JsonDocument.ParseValue(ref reader);
        foreach (var entry in document.RootElement.EnumerateArray())
        {
            if (output.WrittenCount > 0)
            {
                output.Write(","u8);
            }

            using var writer = new Utf8JsonWriter(output, WireJson.Options);
            WriteEntry(writer, entry, top);
        }
    }

    private static void WriteEntry(Utf8JsonWriter writer, JsonElement entry, int top)
    {
        writer.WriteStartObject();
        Copy(writer, entry, "token"u8);
        Copy(writer, entry, "logprob"u8);
        Copy(writer, entry, "bytes"u8);
        if (top > 0 && entry.TryGetProperty("top_logprobs"u8, out var alternatives) && alternatives.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray("top_logprobs"u8);
            foreach (var alternative in alternatives.EnumerateArray())
            {
                WriteEntry(writer, alternative, top: 0);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void Copy(Utf8JsonWriter writer, JsonElement entry, ReadOnlySpan<byte> name)
    {
        if (entry.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }
}

using System.Buffers;
using System.Text.Json;
using GGLib.Server.Json;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>Turns llama-server's log probabilities into those of this API: no token ids, and as many alternatives as were asked for.</summary>
internal static class OutputLogprobs
{
    /// <summary>Appends the elements of <paramref name="array"/>, comma-separated, to <paramref name="output"/>.</summary>
    public static void Append(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> array, int top)
    {
        var reader = new Utf8JsonReader(array);
        using var document = JsonDocument.ParseValue(ref reader);
        foreach (var entry in document.RootElement.EnumerateArray())
        {
            output.Write(output.WrittenCount > 0 ? ","u8 : default);
            using var writer = new Utf8JsonWriter(output, WireJson.Options);
            WriteEntry(writer, entry, top);
        }
    }

    private static void WriteEntry(Utf8JsonWriter writer, JsonElement entry, int? top)
    {
        writer.WriteStartObject();
        foreach (var name in (ReadOnlySpan<string>)["token", "bytes", "logprob"])
        {
            if (RequestFields.Any(entry, name) is { } value)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }

        if (top is { } count)
        {
            // Required by the API's types even when it is empty.
            writer.WriteStartArray("top_logprobs"u8);
            foreach (var alternative in RequestFields.Any(entry, "top_logprobs") is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray().Take(count) : [])
            {
                WriteEntry(writer, alternative, top: null);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}

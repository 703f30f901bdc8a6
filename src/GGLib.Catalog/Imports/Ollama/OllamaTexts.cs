using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using GGLib.Catalog.Modelfiles;

namespace GGLib.Catalog.Imports.Ollama;

/// <summary>Reads the blobs that are no weights.</summary>
internal static class OllamaTexts
{
    private const int MostMessages = 10_000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A text blob; null when it is no UTF-8.</summary>
    public static string? Text(byte[] bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>
    /// The options of a <c>params</c> blob, names sorted. A value that is not of its option's type is left out: Ollama would refuse every request for it.
    /// </summary>
    /// <returns>False when the blob is no JSON object.</returns>
    public static bool TryOptions(byte[] bytes, out JsonElement? options)
    {
        options = null;
        try
        {
            using var document = JsonDocument.Parse(bytes, OllamaManifest.Shallow);
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
            {
                return false;
            }

            var taken = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var option in document.RootElement.EnumerateObject().Where(static option => IsUsable(option.Name, option.Value)))
            {
                taken[option.Name] = option.Value;
            }

            options = taken.Count == 0 ? null : Compose(taken);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The messages of a <c>messages</c> blob.</summary>
    /// <returns>False when the blob is no list of messages.</returns>
    public static bool TryMessages(byte[] bytes, out ImmutableArray<ModelfileMessage> messages)
    {
        messages = [];
        try
        {
            using var document = JsonDocument.Parse(bytes, OllamaManifest.Shallow);
            if (document.RootElement.ValueKind is not JsonValueKind.Array || document.RootElement.GetArrayLength() > MostMessages)
            {
                return false;
            }

            var result = ImmutableArray.CreateBuilder<ModelfileMessage>();
            foreach (var message in document.RootElement.EnumerateArray())
            {
                if (OllamaManifest.Text(message, "role") is not { Length: > 0 } role)
                {
                    return false;
                }

                result.Add(new ModelfileMessage(role, OllamaManifest.Text(message, "content") ?? ""));
            }

            messages = result.ToImmutable();
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsUsable(string name, JsonElement value) => !ModelOptions.TryKind(name, out var kind)
        ? value.ValueKind is JsonValueKind.Number or JsonValueKind.String or JsonValueKind.True or JsonValueKind.False
        : kind switch
        {
            OptionKind.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            OptionKind.Strings => value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(static item => item.ValueKind is JsonValueKind.String),
            _ => value.ValueKind is JsonValueKind.Number,
        };

    private static JsonElement Compose(SortedDictionary<string, JsonElement> options)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in options)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(bytes.WrittenMemory);
        return document.RootElement.Clone();
    }
}

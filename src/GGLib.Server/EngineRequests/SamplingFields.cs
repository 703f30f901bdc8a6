using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.EngineRequests;

/// <summary>Writes sampling options as llama-server's request fields. Pure.</summary>
internal static class SamplingFields
{
    // Ollama's and llama-server's defaults differ for these two, so requests of the native API always set them.
    private const double DefaultTopP = 0.9;
    private const double DefaultMinP = 0.0;

    /// <summary>Writes the fields into the object that is being written.</summary>
    /// <param name="writer">Inside an object.</param>
    /// <param name="request">The request, with the model's options applied.</param>
    /// <param name="contextLength">The runner's context in tokens.</param>
    public static void Write(Utf8JsonWriter writer, InferenceRequest request, int contextLength) => Write(writer, request.Options, request.UsesOllamaDefaults, contextLength);

    /// <summary>Writes the fields of options.</summary>
    public static void Write(Utf8JsonWriter writer, OllamaOptions options, bool usesOllamaDefaults, int contextLength)
    {
        if (usesOllamaDefaults || options.Integer("num_predict") is not null)
        {
            writer.WriteNumber("n_predict"u8, MaxTokens(options));
        }

        Float(writer, "top_p"u8, options.Float("top_p") ?? (usesOllamaDefaults ? DefaultTopP : null));
        Float(writer, "min_p"u8, options.Float("min_p") ?? (usesOllamaDefaults ? DefaultMinP : null));
        WriteGiven(writer, options, contextLength);
        if (usesOllamaDefaults)
        {
            writer.WriteBoolean("cache_prompt"u8, true);
        }
    }

    // Ollama treats 0 and every negative number as unlimited; llama-server rejects less than -1.
    private static long MaxTokens(OllamaOptions options) => options.Integer("num_predict") is > 0 and var tokens ? Math.Min(tokens, int.MaxValue) : -1;

    private static void WriteGiven(Utf8JsonWriter writer, OllamaOptions options, int contextLength)
    {
        Float(writer, "temperature"u8, options.Float("temperature"));
        Float(writer, "typical_p"u8, options.Float("typical_p"));
        Float(writer, "presence_penalty"u8, options.Float("presence_penalty"));
        Float(writer, "frequency_penalty"u8, options.Float("frequency_penalty"));
        // llama-server rejects values that are not positive; Ollama treats them as off.
        Float(writer, "repeat_penalty"u8, options.Float("repeat_penalty") is { } penalty ? (penalty > 0 ? penalty : 1.0) : null);
        Integer(writer, "top_k"u8, options.Integer("top_k"));
        Integer(writer, "seed"u8, options.Integer("seed"));
        Integer(writer, "n_keep"u8, options.Integer("num_keep") is { } keep ? Math.Max(-1, keep) : null);
        // -1 is the whole context; llama-server accepts no negative number.
        Integer(writer, "repeat_last_n"u8, options.Integer("repeat_last_n") is { } last ? last switch { -1 => contextLength, < 0 => 0, _ => last } : null);
        if (options.Stop is { Count: > 0 } stops)
        {
            writer.WriteStartArray("stop"u8);
            foreach (var stop in stops)
            {
                writer.WriteStringValue(stop);
            }

            writer.WriteEndArray();
        }
    }

    private static void Float(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } given)
        {
            writer.WriteNumber(name, given);
        }
    }

    private static void Integer(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } given)
        {
            writer.WriteNumber(name, Math.Clamp(given, int.MinValue, uint.MaxValue));
        }
    }
}

using System.Text.Json;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.EngineRequests;

/// <summary>Ollama's sampling options as llama-server's request fields. Pure.</summary>
internal static class SamplingTranslation
{
    // Ollama's and llama-server's defaults differ for these two, so they are always said.
    private const double DefaultTopP = 0.9;
    private const double DefaultMinP = 0.0;

    /// <summary>Writes the fields into the object that is being written.</summary>
    /// <param name="writer">Inside an object.</param>
    /// <param name="options">What the client asked for.</param>
    /// <param name="contextLength">The runner's context in tokens.</param>
    public static void Write(Utf8JsonWriter writer, OllamaOptions options, int contextLength)
    {
        writer.WriteNumber("n_predict"u8, MostTokens(options));
        writer.WriteNumber("top_p"u8, options.Float("top_p") ?? DefaultTopP);
        writer.WriteNumber("min_p"u8, options.Float("min_p") ?? DefaultMinP);
        WriteGiven(writer, options, contextLength);
        writer.WriteBoolean("cache_prompt"u8, true);
    }

    /// <summary>A model's defaults as fields for a request in the engine's own dialect, those left out that it has.</summary>
    /// <returns>The fields without braces; empty when nothing is missing.</returns>
    public static byte[] Missing(OllamaOptions defaults, JsonElement request, int contextLength)
    {
        var all = WireJson.Compose(writer =>
        {
            writer.WriteStartObject();
            if (defaults.Integer("num_predict") is not null && !Has("max_tokens") && !Has("max_completion_tokens") && !Has("max_output_tokens"))
            {
                writer.WriteNumber("n_predict"u8, MostTokens(defaults));
            }

            Float(writer, "top_p"u8, defaults.Float("top_p"));
            Float(writer, "min_p"u8, defaults.Float("min_p"));

            WriteGiven(writer, defaults, contextLength);
            writer.WriteEndObject();
        });
        using var fields = JsonDocument.Parse(all);
        var missing = WireJson.Compose(writer =>
        {
            writer.WriteStartObject();
            foreach (var field in fields.RootElement.EnumerateObject().Where(field => !Has(field.Name)))
            {
                field.WriteTo(writer);
            }

            writer.WriteEndObject();
        });
        return missing[1..^1];

        bool Has(string name) => request.TryGetProperty(name, out _);
    }

    // Every negative means without limit, and so does 0 as the real server takes it; llama-server refuses less than −1.
    private static long MostTokens(OllamaOptions options) => options.Integer("num_predict") is > 0 and var tokens ? Math.Min(tokens, int.MaxValue) : -1;

    private static void WriteGiven(Utf8JsonWriter writer, OllamaOptions options, int contextLength)
    {
        Float(writer, "temperature"u8, options.Float("temperature"));
        Float(writer, "typical_p"u8, options.Float("typical_p"));
        Float(writer, "presence_penalty"u8, options.Float("presence_penalty"));
        Float(writer, "frequency_penalty"u8, options.Float("frequency_penalty"));
        // llama-server refuses what is not positive; Ollama takes it as off.
        Float(writer, "repeat_penalty"u8, options.Float("repeat_penalty") is { } penalty ? (penalty > 0 ? penalty : 1.0) : null);
        Integer(writer, "top_k"u8, options.Integer("top_k"));
        Integer(writer, "seed"u8, options.Integer("seed"));
        Integer(writer, "n_keep"u8, options.Integer("num_keep") is { } keep ? Math.Max(-1, keep) : null);
        // −1 is the whole context; llama-server takes no negative number.
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

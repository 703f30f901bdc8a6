using System.Text.Json;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.EngineRequests;

/// <summary>A raw prompt as llama-server's <c>POST /completion</c>, and a gap to fill as <c>POST /infill</c>. Pure.</summary>
internal static class CompletionTranslation
{
    public static byte[] Raw(string prompt, InferenceFields fields, OllamaOptions options, int contextLength) =>
        Compose(writer => writer.WriteString("prompt"u8, prompt), fields, options, contextLength);

    public static byte[] Tokens(IReadOnlyList<int> prompt, InferenceFields fields, OllamaOptions options, int contextLength) => Compose(
        writer =>
        {
            writer.WriteStartArray("prompt"u8);
            foreach (var token in prompt)
            {
                writer.WriteNumberValue(token);
            }

            writer.WriteEndArray();
        },
        fields,
        options,
        contextLength);

    public static byte[] Infill(string prefix, string suffix, InferenceFields fields, OllamaOptions options, int contextLength) =>
        Compose(
            writer =>
            {
                writer.WriteString("input_prefix"u8, prefix);
                writer.WriteString("input_suffix"u8, suffix);
            },
            fields,
            options,
            contextLength);

    private static byte[] Compose(Action<Utf8JsonWriter> prompt, InferenceFields fields, OllamaOptions options, int contextLength) =>
        WireJson.Compose(writer =>
        {
            writer.WriteStartObject();
            prompt(writer);
            writer.WriteBoolean("stream"u8, true);
            if (fields.Format is { } format)
            {
                writer.WritePropertyName("json_schema"u8);
                if (format.ValueKind is JsonValueKind.String)
                {
                    writer.WriteRawValue("{\"type\":\"object\"}"u8);
                }
                else
                {
                    format.WriteTo(writer);
                }
            }

            if (fields.TopLogprobs is { } top)
            {
                writer.WriteNumber("n_probs"u8, Math.Max(1, top));
            }

            SamplingTranslation.Write(writer, options, contextLength);
            writer.WriteEndObject();
        });
}

using System.Globalization;
using System.Text.Json;
using GGLib.Server.Json;

namespace GGLib.Server.Dialects.Anthropic;

/// <summary>Composes <c>GET /v1/models</c> and <c>GET /v1/models/{id}</c> in Anthropic's form. Source: <c>ModelInfo</c> of Anthropic's published SDK types.</summary>
internal static class AnthropicModels
{
    /// <summary>One page of the list.</summary>
    public static byte[] ComposePage(IReadOnlyList<AnthropicModel> models, bool hasMore) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("data"u8);
        foreach (var model in models)
        {
            Write(writer, model);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("has_more"u8, hasMore);
        writer.WriteString("first_id"u8, models.Count == 0 ? null : models[0].Id);
        writer.WriteString("last_id"u8, models.Count == 0 ? null : models[^1].Id);
        writer.WriteEndObject();
    });

    /// <summary>One model.</summary>
    public static byte[] Compose(AnthropicModel model) => WireJson.Compose(writer => Write(writer, model));

    private static void Write(Utf8JsonWriter writer, AnthropicModel model)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "model"u8);
        writer.WriteString("id"u8, model.Id);
        writer.WriteString("display_name"u8, model.DisplayName);
        writer.WriteString("created_at"u8, model.CreatedAt.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        WriteCount(writer, "max_input_tokens"u8, model.ContextLength);
        // Prompt and answer share the context, so an answer can be as long as the context.
        WriteCount(writer, "max_tokens"u8, model.ContextLength);
        writer.WriteNull("capabilities"u8);
        writer.WriteString("lifecycle"u8, "active"u8);
        writer.WriteNull("deprecated_at"u8);
        writer.WriteNull("retires_at"u8);
        writer.WriteNull("line"u8);
        writer.WriteEndObject();
    }

    private static void WriteCount(Utf8JsonWriter writer, ReadOnlySpan<byte> name, int? value)
    {
        if (value is { } count)
        {
            writer.WriteNumber(name, count);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}

using System.Text.Json;
using GGLib.Server.Inference;
using GGLib.Server.Json;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>
/// Composes <c>GET /v1/models</c> and <c>GET /v1/models/{id}</c> in OpenAI's form. <c>context_length</c> is the name that OpenRouter's clients read,
/// <c>max_context_length</c> and <c>loaded_context_length</c> are LM Studio's names, and <c>meta</c> is llama-server's object. Values that a model's file does not state are omitted.
/// </summary>
internal static class OpenAIModels
{
    /// <summary>The list.</summary>
    /// <param name="models">The models in the order of the list.</param>
    /// <param name="withCodexModels">Whether Codex's <c>models</c> are added; see <see cref="CodexModels"/>.</param>
    public static byte[] ComposeList(IReadOnlyList<ModelWithContext> models, bool withCodexModels) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var model in models)
        {
            Write(writer, model, model.Model.Name.Display);
        }

        writer.WriteEndArray();
        if (withCodexModels)
        {
            CodexModels.Write(writer, models);
        }

        writer.WriteEndObject();
    });

    /// <summary>One model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="id">The id that the client asked for.</param>
    public static byte[] Compose(ModelWithContext model, string id) => WireJson.Compose(writer => Write(writer, model, id));

    private static void Write(Utf8JsonWriter writer, ModelWithContext served, string id)
    {
        var (model, context) = served;
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WriteString("object"u8, "model"u8);
        writer.WriteNumber("created"u8, model.ModifiedAt.ToUnixTimeSeconds());
        writer.WriteString("owned_by"u8, model.Name.Namespace);
        writer.WriteNumber("context_length"u8, context);
        WriteIfKnown(writer, "max_context_length"u8, model.Facts.ContextLength);
        writer.WriteNumber("loaded_context_length"u8, context);
        writer.WriteStartObject("meta"u8);
        writer.WriteNumber("n_ctx"u8, context);
        WriteIfKnown(writer, "n_ctx_train"u8, model.Facts.ContextLength);
        WriteIfKnown(writer, "n_embd"u8, model.Facts.EmbeddingLength);
        WriteIfKnown(writer, "n_params"u8, model.Facts.ParameterCount);
        writer.WriteNumber("size"u8, model.SizeBytes);
        if (model.Facts.Quantization is not "unknown")
        {
            writer.WriteString("ftype"u8, model.Facts.Quantization);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteIfKnown(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long value)
    {
        if (value > 0)
        {
            writer.WriteNumber(name, value);
        }
    }
}

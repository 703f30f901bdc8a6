using System.Text.Json;
using GGLib.Catalog;

namespace GGLib.Server.Endpoints.Ollama;

/// <summary>The <c>details</c> object of tags, ps and show.</summary>
internal static class ModelDetails
{
    /// <param name="writer">Inside an object.</param>
    /// <param name="model">The model.</param>
    /// <param name="withLengths">Whether context and embedding length are told too: only tags has them here.</param>
    public static void Write(Utf8JsonWriter writer, CatalogModel model, bool withLengths)
    {
        var facts = model.Facts;
        writer.WriteStartObject("details"u8);
        writer.WriteString("parent_model"u8, model.Profile.Parent ?? "");
        writer.WriteString("format"u8, "gguf"u8);
        writer.WriteString("family"u8, facts.Architecture);
        writer.WriteStartArray("families"u8);
        writer.WriteStringValue(facts.Architecture);
        writer.WriteEndArray();
        writer.WriteString("parameter_size"u8, facts.ParameterSize);
        writer.WriteString("quantization_level"u8, facts.Quantization);
        if (withLengths && facts.ContextLength > 0)
        {
            writer.WriteNumber("context_length"u8, facts.ContextLength);
        }

        if (withLengths && facts.EmbeddingLength > 0)
        {
            writer.WriteNumber("embedding_length"u8, facts.EmbeddingLength);
        }

        writer.WriteEndObject();
    }

    /// <summary>The <c>capabilities</c> array.</summary>
    public static void WriteCapabilities(Utf8JsonWriter writer, CatalogModel model)
    {
        writer.WriteStartArray("capabilities"u8);
        foreach (var capability in model.Facts.Capabilities)
        {
            writer.WriteStringValue(capability);
        }

        writer.WriteEndArray();
    }
}

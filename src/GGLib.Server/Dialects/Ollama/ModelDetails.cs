using System.Text.Json;
using GGLib.Catalog;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>The <c>details</c> object of tags, ps and show.</summary>
internal static class ModelDetails
{
    /// <param name="writer">Inside an object.</param>
    /// <param name="model">The model.</param>
    /// <param name="withLengths">Whether context and embedding length are told too: only tags has them here.</param>
    public static void Write(Utf8JsonWriter writer, CatalogModel model, bool withLengths)
    {
        var facts = model.Facts;
        var stated = model.Profile.Stated;
        var family = stated?.Family ?? facts.Architecture;
        var (context, embedding) = (stated?.ContextLength ?? facts.ContextLength, stated?.EmbeddingLength ?? facts.EmbeddingLength);
        writer.WriteStartObject("details"u8);
        writer.WriteString("parent_model"u8, model.Profile.Parent ?? "");
        writer.WriteString("format"u8, "gguf"u8);
        writer.WriteString("family"u8, family);
        writer.WriteStartArray("families"u8);
        writer.WriteStringValue(family);
        writer.WriteEndArray();
        writer.WriteString("parameter_size"u8, stated?.ParameterSize ?? facts.ParameterSize);
        writer.WriteString("quantization_level"u8, stated?.Quantization ?? facts.Quantization);
        if (withLengths && context > 0)
        {
            writer.WriteNumber("context_length"u8, context);
        }

        if (withLengths && embedding > 0)
        {
            writer.WriteNumber("embedding_length"u8, embedding);
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

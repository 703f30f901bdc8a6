using System.Text.Json;

namespace GGLib.Gguf;

/// <summary>
/// The parts of Ollama's <c>POST /api/show</c> answer that are a GGUF header told in JSON, as Ollama 0.33 orders and formats
/// them. The writer's encoder decides how text is escaped.
/// </summary>
public static class ModelInfoJson
{
    private const string ParameterCountKey = "general.parameter_count";

    /// <summary>
    /// Writes the <c>model_info</c> object: every key sorted, without <c>general.name</c> and <c>tokenizer.chat_template</c>, and
    /// always with <c>general.parameter_count</c>.
    /// </summary>
    /// <param name="writer">Where the object goes; after a property name or as a root value.</param>
    /// <param name="file">The header. With <paramref name="verbose"/> it should have been read with <see cref="GgufReadOptions.LargeArrays"/>.</param>
    /// <param name="verbose">Whether arrays are written out. Else every array that is not empty is null, however short, as Ollama has it.</param>
    /// <param name="parameterCount">The count to show, <see cref="ModelFacts.ParameterCount"/>; the file's own when null.</param>
    /// <param name="baseName">Shown as <c>general.basename</c> when given, for clients that print it as the model's name.</param>
    public static void Write(Utf8JsonWriter writer, GgufFile file, bool verbose, long? parameterCount = null, string? baseName = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(file);
        var keys = new SortedSet<string>(file.Metadata.Keys, StringComparer.Ordinal) { ParameterCountKey };
        keys.Remove("general.name");
        keys.Remove(ModelFactsReader.ChatTemplateKey);
        if (baseName is not null)
        {
            keys.Add("general.basename");
        }

        writer.WriteStartObject();
        foreach (var key in keys)
        {
            writer.WritePropertyName(key);
            if (key == ParameterCountKey)
            {
                writer.WriteNumberValue(parameterCount ?? ModelFactsReader.ParameterCount(file));
            }
            else if (key == "general.basename" && baseName is not null)
            {
                writer.WriteStringValue(baseName);
            }
            else
            {
                GgufValueJson.Write(writer, file.Metadata[key], verbose);
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>
    /// Writes the <c>tensors</c> array: an object of name, type and shape for each, those outside the layers first by name, then
    /// the layers by number and name.
    /// </summary>
    public static void WriteTensors(Utf8JsonWriter writer, GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(file);
        writer.WriteStartArray();
        foreach (var tensor in file.Tensors.OrderBy(static tensor => LayerOf(tensor.Name)).ThenBy(static tensor => tensor.Name, StringComparer.Ordinal))
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, tensor.Name);
            writer.WriteString("type"u8, tensor.TypeName);
            writer.WriteStartArray("shape"u8);
            foreach (var length in tensor.Shape)
            {
                writer.WriteNumberValue(length);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static int LayerOf(string name)
    {
        if (!name.StartsWith("blk.", StringComparison.Ordinal))
        {
            return -1;
        }

        var rest = name.AsSpan(4);
        var dot = rest.IndexOf('.');
        return dot > 0 && int.TryParse(rest[..dot], System.Globalization.NumberStyles.None, null, out var layer) ? layer : -1;
    }
}

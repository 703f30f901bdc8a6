using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GGLib.Configuration;

/// <summary>The JSON schema of the configuration file, made from the list of settings. <c>docs/gglib.schema.json</c> is a copy of it.</summary>
internal static class ConfigurationSchema
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text { get; } = Make();

    private static string Make()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema"u8, "https://json-schema.org/draft/2020-12/schema"u8);
            writer.WriteString("title"u8, "gglib.json"u8);
            writer.WriteString("description"u8, "The configuration of gglib. Comments and trailing commas are allowed."u8);
            writer.WriteString("type"u8, "object"u8);
            writer.WriteStartObject("properties"u8);
            writer.WriteStartObject("$schema"u8);
            writer.WriteString("type"u8, "string"u8);
            writer.WriteEndObject();
            Properties(writer, ProgramSettings.All);
            writer.WriteStartObject("models"u8);
            writer.WriteString("description"u8, "settings of single models, by name or by pattern with *"u8);
            writer.WriteString("type"u8, "object"u8);
            writer.WriteStartObject("additionalProperties"u8);
            writer.WriteString("type"u8, "object"u8);
            writer.WriteStartObject("properties"u8);
            Properties(writer, ModelSettings.All);
            writer.WriteStartObject("options"u8);
            writer.WriteString("description"u8, "sampling where a request does not say otherwise, in Ollama's names"u8);
            writer.WriteString("type"u8, "object"u8);
            writer.WriteStartObject("properties"u8);
            Properties(writer, ModelSettings.Options);
            Close(writer);
            Close(writer);
            writer.WriteEndObject();
            Close(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Properties(Utf8JsonWriter writer, IEnumerable<Setting> settings)
    {
        foreach (var setting in settings)
        {
            writer.WritePropertyName(setting.Name);
            setting.WriteSchema(writer);
        }
    }

    /// <summary>Ends the properties and their object, in which nothing else is allowed.</summary>
    private static void Close(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.WriteBoolean("additionalProperties"u8, false);
        writer.WriteEndObject();
    }
}

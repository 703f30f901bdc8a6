using System.Text.Json;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.EngineRequests;

/// <summary>The schema of a tool call that the model must write as text, because the engine completes a rendered prompt and knows no tools.</summary>
internal static class ForcedCall
{
    /// <summary>The format of one call of any of these tools: an object with <c>name</c> and <c>arguments</c>.</summary>
    public static OutputFormat Of(IReadOnlyList<ToolDefinition> tools) => new(JsonElement.Parse(WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("anyOf"u8);
        foreach (var tool in tools)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "object"u8);
            writer.WriteStartObject("properties"u8);
            writer.WriteStartObject("name"u8);
            writer.WriteString("const"u8, tool.Name);
            writer.WriteEndObject();
            writer.WritePropertyName("arguments"u8);
            if (tool.Parameters is { ValueKind: JsonValueKind.Object } parameters)
            {
                parameters.WriteTo(writer);
            }
            else
            {
                writer.WriteRawValue("""{"type":"object"}"""u8);
            }

            writer.WriteEndObject();
            writer.WritePropertyName("required"u8);
            writer.WriteRawValue("""["name","arguments"]"""u8);
            writer.WriteBoolean("additionalProperties"u8, false);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    })));
}

using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.EngineRequests;

/// <summary>Writes a tool in OpenAI's form, which the engine and templates read. Members that mean nothing (null, empty lists) are left out: typed clients write them, and the engine rejects them.</summary>
internal static class ToolFields
{
    public static void Write(Utf8JsonWriter writer, ToolDefinition tool)
    {
        if (tool.Source is { } source)
        {
            WriteSchema(writer, source);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, tool.Name);
        if (tool.Description is not null)
        {
            writer.WriteString("description"u8, tool.Description);
        }

        if (tool.Parameters is { } parameters)
        {
            writer.WritePropertyName("parameters"u8);
            WriteSchema(writer, parameters);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteSchema(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().Where(static member => !IsEmpty(member)))
                {
                    writer.WritePropertyName(member.Name);
                    WriteSchema(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    WriteSchema(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static bool IsEmpty(JsonProperty member) => member.Value.ValueKind switch
    {
        JsonValueKind.Null => member.Name is "type" or "description" or "enum" or "items" or "properties" or "required" or "anyOf" or "$defs" or "parameters",
        JsonValueKind.Array => member.Name is "enum" or "anyOf" && member.Value.GetArrayLength() == 0,
        _ => false,
    };
}

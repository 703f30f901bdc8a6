using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>A tool in the form that the engine takes: <c>{"type":"function","function":{…}}</c>.</summary>
internal static class ToolSchema
{
    /// <summary>Writes a tool with its schema fitted. Further members that the client sent, such as <c>strict</c>, follow.</summary>
    public static void Write(Utf8JsonWriter writer, ToolDefinition tool)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "function");
        writer.WriteStartObject("function");
        writer.WriteString("name", tool.Name);
        if (!string.IsNullOrEmpty(tool.Description))
        {
            writer.WriteString("description", tool.Description);
        }

        writer.WritePropertyName("parameters");
        SchemaFitting.WriteParameters(writer, tool.Parameters ?? default);
        if (tool.Source is { ValueKind: JsonValueKind.Object } source)
        {
            if (source.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object)
            {
                WriteOthers(writer, function, "name", "description", "parameters");
            }

            writer.WriteEndObject();
            WriteOthers(writer, source, "type", "function");
        }
        else
        {
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteOthers(Utf8JsonWriter writer, JsonElement value, params ReadOnlySpan<string> written)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (!written.Contains(member.Name) && member.Value.ValueKind != JsonValueKind.Null && SchemaValues.Copy(member.Value) is { } copy)
            {
                writer.WritePropertyName(member.Name);
                copy.WriteTo(writer);
            }
        }
    }
}

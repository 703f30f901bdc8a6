using System.Text.Json;

namespace GGLib.Server.EngineRequests;

/// <summary>
/// Tools as the engine takes them: as they came, so that no keyword of their schemas is lost, but for members that say nothing. Typed clients write what they
/// do not use as null or empty; Ollama's server drops it, and llama-server refuses the schema.
/// </summary>
internal static class ToolTranslation
{
    public static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().Where(static member => !SaysNothing(member)))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    // Only keywords for which null has no meaning: a default may well be null.
    private static bool SaysNothing(JsonProperty member) => member.Value.ValueKind switch
    {
        JsonValueKind.Null => member.Name is "type" or "description" or "enum" or "items" or "properties" or "required" or "anyOf" or "$defs" or "parameters",
        JsonValueKind.Array => member.Name is "enum" or "anyOf" && member.Value.GetArrayLength() == 0,
        _ => false,
    };
}

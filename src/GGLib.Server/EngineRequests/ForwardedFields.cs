using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.EngineRequests;

/// <summary>Writes fields that gglib does not interpret, except those that it writes itself.</summary>
internal static class ForwardedFields
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<ForwardedField> fields)
    {
        foreach (var (name, value) in fields)
        {
            if (name is not ("chat_template_kwargs" or "keep_alive" or "model" or "stream"))
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }
    }
}

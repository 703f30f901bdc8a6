using System.Text.Json;
using System.Text.Json.Nodes;
using GGLib.Server.Json;
using GGLib.Server.Threads;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>
/// Makes any JSON schema one that llama-server turns into a grammar. The engine rejects requests over boolean schemas, unknown types, references that it cannot resolve, keywords of the wrong type
/// and more; what it cannot use is relaxed, so that the fitted schema accepts the same values or more. What it can use stays as the client wrote it, because models read the schemas of tools.
/// Check <see cref="SchemaLimits"/> first; a schema beyond the limits is relaxed as a whole.
/// </summary>
internal static class SchemaFitting
{
    /// <summary>Writes the schema that an answer must have.</summary>
    public static void Write(Utf8JsonWriter writer, JsonElement schema) => Write(writer, schema, static fitter => fitter.FitFormat());

    /// <summary>Writes the schema of a tool's arguments, which is always an object with <c>properties</c>.</summary>
    public static void WriteParameters(Utf8JsonWriter writer, JsonElement schema) => Write(writer, schema, static fitter => fitter.FitParameters());

    private static void Write(Utf8JsonWriter writer, JsonElement schema, Func<SchemaFitter, JsonObject> fit)
    {
        SocketThread.Forbid();
        var text = schema.ValueKind == JsonValueKind.Undefined ? "{}"u8.ToArray() : System.Text.Encoding.UTF8.GetBytes(schema.GetRawText());
        if (EscapedText.IsClean(text))
        {
            fit(new(schema)).WriteTo(writer);
            return;
        }

        // Halves of characters cannot be decoded.
        using var document = JsonDocument.Parse(EscapedText.Clean(text), new() { MaxDepth = 256 });
        fit(new(document.RootElement)).WriteTo(writer);
    }
}

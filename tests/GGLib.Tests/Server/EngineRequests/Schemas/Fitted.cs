using System.Text;
using System.Text.Json;
using GGLib.Server.EngineRequests.Schemas;
using GGLib.Server.Json;

namespace GGLib.Tests.Server.EngineRequests.Schemas;

/// <summary>Fitted schemas as text.</summary>
internal static class Fitted
{
    public static string Format(string schema) => Text(schema, SchemaFitting.Write);

    public static string Parameters(string schema) => Text(schema, SchemaFitting.WriteParameters);

    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json, new() { MaxDepth = 256 });
        return document.RootElement.Clone();
    }

    private static string Text(string schema, Action<Utf8JsonWriter, JsonElement> write) =>
        Encoding.UTF8.GetString(WireJson.Compose(writer => write(writer, Parse(schema))));
}

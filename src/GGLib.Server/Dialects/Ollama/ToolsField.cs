using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Reads the field <c>tools</c>, whose elements have OpenAI's form.</summary>
internal static class ToolsField
{
    public static IReadOnlyList<ToolDefinition> Read(GoObject request) => [.. request.Array("tools", "api.Tools").Select(tool => Read(tool, request))];

    private static ToolDefinition Read(JsonElement tool, GoObject request)
    {
        CheckTypes(tool, request);
        var function = Member(tool, "function"u8) ?? tool;
        return new ToolDefinition(Text(function, "name"u8) ?? "")
        {
            Description = Text(function, "description"u8),
            Parameters = Member(function, "parameters"u8),
            Source = tool,
        };
    }

    /// <summary>Checks the types of the fields around the schema. Inside the schema nothing is checked but that its properties are not an array: what the engine cannot use there is relaxed.</summary>
    private static void CheckTypes(JsonElement value, GoObject request)
    {
        var tool = new GoObject(value, "Tool");
        _ = tool.String("type");
        var function = new GoObject(tool.Object("function", "api.ToolFunction") ?? default, "ToolFunction");
        _ = (function.String("name"), function.String("description"));
        if (Member(value, "function"u8) is { } inner && Member(inner, "parameters"u8) is { } schema && Member(schema, "properties"u8) is { ValueKind: JsonValueKind.Array })
        {
            function.Fail("json: cannot unmarshal array into Go struct field ToolFunctionParameters.properties of type map[string]api.ToolProperty");
        }

        if ((tool.Error ?? function.Error) is { } error)
        {
            request.Fail(error);
        }
    }

    private static JsonElement? Member(JsonElement value, ReadOnlySpan<byte> name) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind is not JsonValueKind.Null ? member : null;

    private static string? Text(JsonElement value, ReadOnlySpan<byte> name) => Member(value, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}

using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Reads the field <c>tools</c>, whose elements have OpenAI's form.</summary>
internal static class ToolsField
{
    public static IReadOnlyList<ToolDefinition> Read(GoObject request) => [.. request.Array("tools", "api.Tools").Select(Read)];

    private static ToolDefinition Read(JsonElement tool)
    {
        var function = Member(tool, "function"u8) ?? tool;
        return new ToolDefinition(Text(function, "name"u8) ?? "")
        {
            Description = Text(function, "description"u8),
            Parameters = Member(function, "parameters"u8),
            Source = tool,
        };
    }

    private static JsonElement? Member(JsonElement value, ReadOnlySpan<byte> name) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind is not JsonValueKind.Null ? member : null;

    private static string? Text(JsonElement value, ReadOnlySpan<byte> name) => Member(value, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}

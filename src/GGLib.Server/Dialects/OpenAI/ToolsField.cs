using System.Text.Json;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Reads the field <c>tools</c>, and its predecessor <c>functions</c>. Tools of kinds that only OpenAI's servers can run are ignored.</summary>
internal static class ToolsField
{
    public static IReadOnlyList<ToolDefinition> Read(JsonElement request) =>
    [
        .. request.GivenItems("tools"u8).Where(static tool => tool.GivenText("type"u8) is null or "function").Select(static tool => Of(tool.Given("function"u8) ?? default, tool)),
        .. request.GivenItems("functions"u8).Where(static function => function.ValueKind is JsonValueKind.Object).Select(static function => Of(function, null)),
    ];

    private static ToolDefinition Of(JsonElement function, JsonElement? source) => new(function.GivenText("name"u8) ?? "")
    {
        Description = function.GivenText("description"u8),
        Parameters = function.Given("parameters"u8),
        Source = source,
    };
}

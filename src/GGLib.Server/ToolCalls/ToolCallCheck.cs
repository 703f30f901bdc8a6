using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.ToolCalls;

/// <summary>Checks a model's tool call against the tools of the request. Pure.</summary>
internal static class ToolCallCheck
{
    /// <summary>Returns the reason why a call is invalid; null if it is valid.</summary>
    public static string? ProblemOf(HeldCall call, IReadOnlyList<ToolDefinition> tools)
    {
        if (tools.FirstOrDefault(tool => tool.Name == call.Name) is not { } tool)
        {
            return $"the tool '{call.Name}' does not exist";
        }

        JsonElement arguments;
        try
        {
            // A tool without parameters may be called without arguments.
            arguments = JsonElement.Parse(string.IsNullOrWhiteSpace(call.Arguments) ? "{}" : call.Arguments);
        }
        catch (JsonException)
        {
            return "its arguments are not JSON";
        }

        if (arguments.ValueKind is not JsonValueKind.Object)
        {
            return "its arguments are not a JSON object";
        }

        return tool.Parameters is { ValueKind: JsonValueKind.Object } schema ? new SchemaCheck(schema).ViolationOf(arguments) : null;
    }
}

using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>.</summary>
internal static class ToolReader
{
    /// <summary>The tools that the model may call: the client's own, and Anthropic's that the client runs. Tools that only Anthropic's servers can run are left out.</summary>
    public static IReadOnlyList<ToolDefinition> Read(JsonElement request, RequestFaults faults)
    {
        if (request.Array("tools", FieldPath.Request, faults) is not { } array)
        {
            return [];
        }

        var tools = new List<ToolDefinition>();
        var index = 0;
        foreach (var tool in array.EnumerateArray())
        {
            var path = new FieldPath("tools", index++);
            if (tool.ValueKind is not JsonValueKind.Object)
            {
                faults.Add(path, "must be an object");
                break;
            }

            if ((tool.Text("type", path, faults) ?? "custom") is not "custom" and var type)
            {
                if (ClientTools.Find(type, tool.Text("name", path, faults)) is { } known)
                {
                    tools.Add(known);
                }

                continue;
            }

            tools.Add(new(tool.RequiredText("name", path, faults))
            {
                Description = tool.Text("description", path, faults),
                // As in the other APIs: a schema that allows everything.
                Parameters = tool.Field("input_schema") is { ValueKind: JsonValueKind.True } everything ? everything : tool.Object("input_schema", path, faults),
            });
        }

        return tools;
    }

    /// <summary>The choice, and whether several calls in one answer are allowed (null: not given).</summary>
    public static (ToolChoice Choice, bool? Parallel) ReadChoice(JsonElement request, IReadOnlyList<ToolDefinition> tools, RequestFaults faults)
    {
        var path = new FieldPath("tool_choice");
        if (request.Object("tool_choice", FieldPath.Request, faults) is not { } choice)
        {
            return (ToolChoice.Auto, null);
        }

        var parallel = !choice.Flag("disable_parallel_tool_use", path, faults);
        switch (choice.RequiredText("type", path, faults))
        {
            case "auto":
                return (ToolChoice.Auto, parallel);
            case "none":
                return (ToolChoice.None, parallel);
            case "any":
                if (tools.Count == 0)
                {
                    faults.Add(path, "'any' needs at least one tool that the client runs");
                }

                return (ToolChoice.Required, parallel);
            case "tool":
                var name = choice.RequiredText("name", path, faults);
                if (!tools.Any(tool => tool.Name == name))
                {
                    faults.Add(path.At("name"), $"tool '{name}' is not in 'tools', or is not one that the client runs");
                }

                return (ToolChoice.Of(name), parallel);
            case var type:
                faults.Add(path.At("type"), $"'{type}' is not supported; use 'auto', 'any', 'tool' or 'none'");
                return (ToolChoice.Auto, parallel);
        }
    }
}

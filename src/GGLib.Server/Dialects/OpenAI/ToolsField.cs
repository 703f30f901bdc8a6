using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Reads the field <c>tools</c>, and its predecessor <c>functions</c>. Tools of other types than functions are ignored.</summary>
internal static class ToolsField
{
    /// <summary>Reads the tools.</summary>
    /// <param name="request">The body.</param>
    /// <param name="failure">Why the fields are invalid; null if they are valid.</param>
    public static IReadOnlyList<ToolDefinition> Read(JsonElement request, out InferenceFailure? failure)
    {
        failure = null;
        var tools = new List<ToolDefinition>();
        foreach (var (element, path) in Items(request, "tools", ref failure))
        {
            if (element.GivenText("type"u8) is null or "function")
            {
                // Some clients send the form of the Responses API, in which the function's fields are the tool's own.
                var isFlat = element.Given("function"u8) is null && element.GivenText("name"u8) is not null;
                Add(isFlat ? element : element.Given("function"u8) ?? default, isFlat ? null : element, path + (isFlat ? "" : ".function"), ref failure);
            }
        }

        foreach (var (function, path) in Items(request, "functions", ref failure))
        {
            Add(function, null, path, ref failure);
        }

        return tools;

        void Add(JsonElement function, JsonElement? source, string path, ref InferenceFailure? failure)
        {
            if (function.GivenText("name"u8) is not { Length: > 0 } name)
            {
                failure ??= Invalid($"Missing required parameter: '{path}.name'.", path + ".name");
                return;
            }

            tools.Add(new ToolDefinition(name)
            {
                Description = function.GivenText("description"u8),
                Parameters = function.Given("parameters"u8),
                Source = source,
            });
        }
    }

    private static List<(JsonElement Value, string Path)> Items(JsonElement request, string name, ref InferenceFailure? failure)
    {
        var items = new List<(JsonElement, string)>();
        if (!request.TryGetProperty(name, out var array) || array.ValueKind is JsonValueKind.Null)
        {
            return items;
        }

        if (array.ValueKind is not JsonValueKind.Array)
        {
            failure ??= Invalid($"{name} must be an array", name);
            return items;
        }

        foreach (var item in array.EnumerateArray())
        {
            var path = $"{name}[{items.Count}]";
            if (item.ValueKind is not JsonValueKind.Object)
            {
                failure ??= Invalid($"{path} must be an object", path);
                return items;
            }

            items.Add((item, path));
        }

        return items;
    }

    private static InferenceFailure.InvalidRequest Invalid(string message, string parameter) => new(message, parameter);
}

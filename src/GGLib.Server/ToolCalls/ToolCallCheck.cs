using System.Text.Json;
using System.Text.RegularExpressions;
using GGLib.Server.Requests;
using Json.Pointer;
using Json.Schema;

namespace GGLib.Server.ToolCalls;

/// <summary>Checks a model's tool call against the tools of the request. Pure.</summary>
internal static class ToolCallCheck
{
    /// <summary>Returns the reason why a call is invalid; null if it is valid, or if its schema cannot be evaluated.</summary>
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

        return tool.Parameters is { ValueKind: JsonValueKind.Object } schema ? Violation(schema, arguments) : null;
    }

    private static string? Violation(JsonElement schema, JsonElement arguments)
    {
        try
        {
            // Registries of its own: a schema with an $id must not be kept, or found by another request.
            var result = JsonSchema.Build(schema, new BuildOptions { SchemaRegistry = new SchemaRegistry() }).Evaluate(arguments, new EvaluationOptions { OutputFormat = global::Json.Schema.OutputFormat.List });
            if (result.IsValid)
            {
                return null;
            }

            var (at, text) = (result.Details ?? [])
                .Where(static detail => detail.Errors is { Count: > 0 })
                .Select(static detail => (detail.InstanceLocation, detail.Errors!.Values.First()))
                .FirstOrDefault((JsonPointer.Empty, "its arguments violate the schema"));
            return at == JsonPointer.Empty ? text : $"{at}: {text}";
        }
        catch (Exception exception) when (exception is JsonException or JsonSchemaException or RefResolutionException or RegexMatchTimeoutException or ArgumentException or InvalidOperationException or FormatException or UriFormatException)
        {
            // Many clients send schemas that are not valid. The engine ignores what it does not understand, and so does this check.
            return null;
        }
    }
}

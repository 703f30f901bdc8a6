using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>
/// Faults in schemas that Ollama reports, in its engine's words. Other APIs relax them: gglib accepts almost any schema, but clients of Ollama rely on these errors. Source: recorded exchanges.
/// </summary>
internal static class SchemaFaults
{
    private static readonly string[] KnownTypes = ["object", "array", "string", "number", "integer", "boolean", "null"];

    /// <summary>The fault in a format; null when it has none.</summary>
    public static InferenceFailure? OfFormat(OutputFormat? format) =>
        format?.Schema?.GivenText("type"u8) is { } type && !KnownTypes.Contains(type)
            ? new InferenceFailure.SchemaRejected($"Field 'json_schema': \"json_schema\": JSON schema conversion failed:\nJSON schema error at #: unrecognized type {type}")
            : null;

    /// <summary>The first fault in tools; null when they have none.</summary>
    public static InferenceFailure? OfTools(IReadOnlyList<ToolDefinition> tools)
    {
        foreach (var tool in tools)
        {
            if (tool.Source?.GivenText("type"u8) is { Length: > 0 } type and not "function")
            {
                return new InferenceFailure.InvalidRequest($"unsupported tool type: {type}");
            }

            // A tool without a function has no properties either.
            if (tool.Parameters?.Given("properties"u8) is { ValueKind: JsonValueKind.Array } || tool.Source is { } source && source.Given("function"u8) is null)
            {
                return new InferenceFailure.SchemaRejected("Unable to generate parser for this template. Automatic parser generation failed: JSON schema error at #: properties must be an object");
            }
        }

        return null;
    }
}

using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Reads the field <c>response_format</c>, and llama-server's <c>json_schema</c>.</summary>
internal static class FormatField
{
    public static OutputFormat? Read(JsonElement request, out InferenceFailure? failure)
    {
        failure = null;
        if (request.Given("response_format"u8) is not { } format)
        {
            return request.Given("json_schema"u8) is { ValueKind: JsonValueKind.Object } own ? new OutputFormat(own) : null;
        }

        switch (format.GivenText("type"u8))
        {
            case "text":
                return null;
            case "json_object":
                return new OutputFormat(Schema(format));
            case "json_schema" when format.Given("json_schema"u8) is { ValueKind: JsonValueKind.Object } named:
                return new OutputFormat(Schema(named));
            case "json_schema" when Schema(format) is { } schema:
                return new OutputFormat(schema);
            case "json_schema":
                failure = new InferenceFailure.InvalidRequest("Missing required parameter: 'response_format.json_schema'.", "response_format.json_schema");
                return null;
            default:
                failure = new InferenceFailure.InvalidRequest("response_format.type must be \"text\", \"json_object\" or \"json_schema\"", "response_format.type");
                return null;
        }
    }

    private static JsonElement? Schema(JsonElement value) => value.Given("schema"u8) is { ValueKind: JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False } schema ? schema : null;
}

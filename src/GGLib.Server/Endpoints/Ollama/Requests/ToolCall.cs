using System.Text.Json;

namespace GGLib.Server.Endpoints.Ollama.Requests;

/// <summary>A tool call in a message's history.</summary>
/// <param name="Id">The call's id; empty when the client keeps none.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">A JSON object's text.</param>
internal sealed record ToolCall(string Id, string Name, string Arguments)
{
    public static ToolCall Read(JsonElement value, GoObject message)
    {
        var call = new GoObject(value, "ToolCall");
        var function = new GoObject(call.Raw("function") ?? default, "ToolCallFunction");
        var arguments = function.Raw("arguments");
        if (arguments is { ValueKind: not JsonValueKind.Object } wrong)
        {
            function.Fail($"json: cannot unmarshal {(wrong.ValueKind is JsonValueKind.String ? "string" : "array")} into Go struct field ToolCallFunction.arguments of type api.ToolCallFunctionArguments");
        }

        var read = new ToolCall(call.String("id"), function.String("name"), arguments?.GetRawText() ?? "{}");
        if ((call.Error ?? function.Error) is { } error)
        {
            message.Fail(error);
        }

        return read;
    }
}

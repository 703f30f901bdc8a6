using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Reads messages and their tool calls.</summary>
internal static class MessageField
{
    /// <summary>Reads one message; an error is recorded at the request.</summary>
    public static ChatMessage Read(JsonElement value, GoObject request)
    {
        // Ollama's errors name the type that it decodes into, not the documented one.
        var message = new GoObject(value, "Alias");
        var role = message.String("role");
        var content = message.String("content");
        var thinking = message.String("thinking");
        var files = ImageField.Read(message, "Alias");
        var read = new ChatMessage
        {
            Role = role.Length > 0 ? role.ToLowerInvariant() : "user",
            Parts = files.Count == 0 ? ContentPart.Of(content) : [.. ContentPart.Of(content), .. files.Select(MediaFile.PartOf)],
            Thinking = thinking,
            ToolCalls = [.. message.Array("tool_calls", "[]api.ToolCall").Select(call => ReadCall(call, message))],
            ToolName = message.String("tool_name"),
            ToolCallId = message.String("tool_call_id"),
        };
        if (message.Error is { } error)
        {
            request.Fail(error);
        }

        return read;
    }

    private static ToolCall ReadCall(JsonElement value, GoObject message)
    {
        var call = new GoObject(value, "ToolCall");
        var function = new GoObject(call.Object("function", "api.ToolCallFunction") ?? default, "ToolCallFunction");
        _ = function.Int("index");
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

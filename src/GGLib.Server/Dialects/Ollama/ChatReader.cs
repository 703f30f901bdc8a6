using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Pipeline;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Reads <c>POST /api/chat</c>. Source: Ollama's <c>docs/api.md</c>.</summary>
internal static class ChatReader
{
    public static ReadRequest Read(RequestBody body)
    {
        var fields = new GoObject(body.Json, "ChatRequest");
        var common = CommonFields.Read(fields);
        IReadOnlyList<ChatMessage> messages = [.. fields.Array("messages", "[]api.Message").Select(message => ReadMessage(message, fields))];
        IReadOnlyList<ToolDefinition> tools = [.. fields.Array("tools", "api.Tools").Select(tool => ReadTool(tool, fields))];
        if (fields.Error is { } error)
        {
            return new InferenceFailure.InvalidRequest(error) { IsUnreadable = true };
        }

        if (common.Invalid is { } invalid)
        {
            return invalid;
        }

        var request = common.Request;
        if (request.Model.Trim().Length == 0)
        {
            return new InferenceFailure.InvalidRequest("model is required");
        }

        // A request that only loads the model is answered with one object, streamed or not.
        var loadsOnly = messages.Count == 0;
        return request with
        {
            Messages = messages,
            Tools = tools,
            LoadsOnly = loadsOnly,
            Stream = request.Stream && !loadsOnly,
            Deferred = common.OptionFailure ?? (loadsOnly ? null : common.FormatFailure ?? SchemaFaults.OfTools(tools)),
        };
    }

    /// <summary>Reads one message; an error is recorded at the request.</summary>
    public static ChatMessage ReadMessage(JsonElement value, GoObject request)
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

    private static ToolDefinition ReadTool(JsonElement tool, GoObject request)
    {
        CheckTypes(tool, request);
        var function = Member(tool, "function"u8) ?? tool;
        return new ToolDefinition(Text(function, "name"u8) ?? "")
        {
            Description = Text(function, "description"u8),
            Parameters = Member(function, "parameters"u8),
            Source = tool,
        };
    }

    /// <summary>Checks the types of the fields around the schema. Inside the schema nothing is checked but that its properties are not an array: what the engine cannot use there is relaxed.</summary>
    private static void CheckTypes(JsonElement value, GoObject request)
    {
        var tool = new GoObject(value, "Tool");
        _ = tool.String("type");
        var function = new GoObject(tool.Object("function", "api.ToolFunction") ?? default, "ToolFunction");
        _ = (function.String("name"), function.String("description"));
        if (Member(value, "function"u8) is { } inner && Member(inner, "parameters"u8) is { } schema && Member(schema, "properties"u8) is { ValueKind: JsonValueKind.Array })
        {
            function.Fail("json: cannot unmarshal array into Go struct field ToolFunctionParameters.properties of type map[string]api.ToolProperty");
        }

        if ((tool.Error ?? function.Error) is { } error)
        {
            request.Fail(error);
        }
    }

    private static JsonElement? Member(JsonElement value, ReadOnlySpan<byte> name) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind is not JsonValueKind.Null ? member : null;

    private static string? Text(JsonElement value, ReadOnlySpan<byte> name) => Member(value, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}

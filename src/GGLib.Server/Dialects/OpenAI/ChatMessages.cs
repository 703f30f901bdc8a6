using System.Text.Json;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Reads the messages of a chat.</summary>
internal static class ChatMessages
{
    public static IReadOnlyList<ChatMessage> Read(JsonElement messages)
    {
        var read = new List<ChatMessage>();
        var tools = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var message in messages.EnumerateArray())
        {
            var calls = Calls(message);
            foreach (var call in calls)
            {
                tools[call.Id] = call.Name;
            }

            var role = message.GivenText("role"u8) is { Length: > 0 } given ? given : "user";
            var isResult = role is "tool" or "function";
            var id = message.GivenText("tool_call_id"u8) ?? "";
            read.Add(new ChatMessage
            {
                Role = role switch { "developer" => "system", "function" => "tool", _ => role },
                Parts = Parts(message),
                Thinking = message.GivenText("reasoning_content"u8) ?? message.GivenText("reasoning"u8) ?? "",
                ToolCalls = calls,
                ToolCallId = id,
                ToolName = isResult ? message.GivenText("name"u8) ?? tools.GetValueOrDefault(id, "") : "",
                Forwarded = [.. message.EnumerateObject().Where(property => property.Value.ValueKind is not JsonValueKind.Null && !IsRead(property.Name, isResult)).Select(static property => new ForwardedField(property.Name, property.Value))],
            });
        }

        return read;
    }

    private static bool IsRead(string name, bool isResult) =>
        name is "role" or "content" or "reasoning_content" or "reasoning" or "tool_calls" or "tool_call_id" or "refusal" or "function_call" or "audio" or "annotations" || (isResult && name is "name");

    private static IReadOnlyList<ContentPart> Parts(JsonElement message) => message.Given("content"u8) switch
    {
        { ValueKind: JsonValueKind.String } text => ContentPart.Of(text.GetString()!),
        { ValueKind: JsonValueKind.Array } parts => [.. parts.EnumerateArray().Select(Part).OfType<ContentPart>()],
        _ => ContentPart.Of(message.GivenText("refusal"u8) ?? ""),
    };

    private static ContentPart? Part(JsonElement part)
    {
        if (part.ValueKind is JsonValueKind.String)
        {
            return new ContentPart.Text(part.GetString()!);
        }

        return part.GivenText("type"u8) switch
        {
            null or "text" or "input_text" or "output_text" => part.GivenText("text"u8) is { } text ? new ContentPart.Text(text) : null,
            "refusal" => part.GivenText("refusal"u8) is { } refusal ? new ContentPart.Text(refusal) : null,
            "image_url" or "input_image" => new ContentPart.Image(part.Given("image_url"u8) is { ValueKind: JsonValueKind.Object } image ? image.GivenText("url"u8) ?? "" : part.GivenText("image_url"u8) ?? ""),
            // An address instead of data is rejected as missing data: the engine would fetch it.
            "input_audio" => part.Given("input_audio"u8) is { } audio && audio.Given("url"u8) is null
                ? new ContentPart.Audio(audio.GivenText("data"u8) ?? "", audio.GivenText("format"u8) ?? "wav")
                : new ContentPart.Audio("", ""),
            // The engine knows further kinds, some of which it would fetch or read from a file.
            var type => new ContentPart.Unsupported(type!),
        };
    }

    private static IReadOnlyList<ToolCall> Calls(JsonElement message) =>
    [
        .. message.GivenItems("tool_calls"u8).Where(static call => call.ValueKind is JsonValueKind.Object).Select(static call => Call(call)).OfType<ToolCall>(),
        .. message.Given("function_call"u8) is { ValueKind: JsonValueKind.Object } legacy ? [new ToolCall("", legacy.GivenText("name"u8) ?? "", Arguments(legacy))] : Array.Empty<ToolCall>(),
    ];

    private static ToolCall? Call(JsonElement call)
    {
        if (call.Given("custom"u8) is { } custom)
        {
            var input = custom.GivenText("input"u8) ?? "";
            return new ToolCall(call.GivenText("id"u8) ?? "", custom.GivenText("name"u8) ?? "", "{\"input\":" + System.Text.Encoding.UTF8.GetString(WireJson.Quote(input)) + "}");
        }

        return call.Given("function"u8) is { ValueKind: JsonValueKind.Object } function
            ? new ToolCall(call.GivenText("id"u8) ?? "", function.GivenText("name"u8) ?? "", Arguments(function))
            : null;
    }

    // Some clients send an object instead of its text.
    private static string Arguments(JsonElement function) => function.Given("arguments"u8) switch
    {
        { ValueKind: JsonValueKind.String } text => ToolCall.ArgumentsOf(text.GetString()),
        { ValueKind: JsonValueKind.Object } arguments => arguments.GetRawText(),
        _ => "{}",
    };
}

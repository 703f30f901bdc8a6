using System.Text;
using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Reads the messages of a chat, and keeps the first error. For one request; not thread-safe.</summary>
internal sealed class ChatMessages
{
    private readonly Dictionary<string, string> _toolsByCall = new(StringComparer.Ordinal);

    /// <summary>Why the messages are invalid; null if they are valid.</summary>
    public InferenceFailure? Failure { get; private set; }

    /// <summary>Returns the messages; those read so far if there was an error.</summary>
    public IReadOnlyList<ChatMessage> Read(JsonElement messages)
    {
        var read = new List<ChatMessage>();
        foreach (var message in messages.EnumerateArray())
        {
            read.Add(ReadMessage(message, $"messages[{read.Count}]"));
        }

        return read;
    }

    private ChatMessage ReadMessage(JsonElement message, string path)
    {
        if (message.ValueKind is not JsonValueKind.Object)
        {
            Fail("each of 'messages' must be an object", path);
            return new ChatMessage { Role = "user" };
        }

        var calls = Calls(message, path);
        foreach (var call in calls)
        {
            _toolsByCall[call.Id] = call.Name;
        }

        var role = Text(message, "role", path) is { Length: > 0 } given ? given : "user";
        var isResult = role is "tool" or "function";
        var id = Text(message, "tool_call_id", path) ?? "";
        var name = Text(message, "name", path);
        return new ChatMessage
        {
            Role = role switch { "developer" => "system", "function" => "tool", _ => role },
            Parts = Parts(message, path),
            Thinking = Text(message, "reasoning_content", path) ?? Text(message, "reasoning", path) ?? "",
            ToolCalls = calls,
            ToolCallId = id,
            ToolName = isResult ? name ?? _toolsByCall.GetValueOrDefault(id, "") : "",
            Forwarded = [.. message.EnumerateObject().Where(property => property.Value.ValueKind is not JsonValueKind.Null && !IsRead(property.Name, isResult)).Select(static property => new ForwardedField(property.Name, property.Value))],
        };
    }

    private static bool IsRead(string name, bool isResult) =>
        name is "role" or "content" or "reasoning_content" or "reasoning" or "tool_calls" or "tool_call_id" or "refusal" or "function_call" or "audio" or "annotations" || (isResult && name is "name");

    private IReadOnlyList<ContentPart> Parts(JsonElement message, string path)
    {
        switch (message.Given("content"u8))
        {
            case null:
                return ContentPart.Of(Text(message, "refusal", path) ?? "");
            case { ValueKind: JsonValueKind.String } text:
                return ContentPart.Of(text.GetString()!);
            case { ValueKind: JsonValueKind.Array } parts:
                return [.. parts.EnumerateArray().Select((part, index) => Part(part, $"{path}.content[{index}]")).OfType<ContentPart>()];
            default:
                Fail("content must be a string or an array of content parts", path + ".content");
                return [];
        }
    }

    private ContentPart? Part(JsonElement part, string path)
    {
        switch (part.ValueKind)
        {
            case JsonValueKind.String:
                return new ContentPart.Text(part.GetString()!);
            case JsonValueKind.Null:
                return null;
            case not JsonValueKind.Object:
                Fail("a content part must be an object", path);
                return null;
        }

        switch (Text(part, "type", path))
        {
            case null or "text" or "input_text" or "output_text":
                return TextPart(part, "text", path);
            case "refusal":
                return TextPart(part, "refusal", path);
            case "image_url" or "input_image":
                return new ContentPart.Image(part.Given("image_url"u8) is { ValueKind: JsonValueKind.Object } image ? image.GivenText("url"u8) ?? "" : part.GivenText("image_url"u8) ?? "");
            case "input_audio":
                // A URL instead of data is rejected as missing data: the engine would fetch it.
                return part.Given("input_audio"u8) is { } audio && audio.Given("url"u8) is null
                    ? new ContentPart.Audio(audio.GivenText("data"u8) ?? "", audio.GivenText("format"u8) ?? "wav")
                    : new ContentPart.Audio("", "");
            case var type:
                // The engine knows further kinds, some of which it would fetch or read from a file.
                return new ContentPart.Unsupported(type);
        }
    }

    private ContentPart.Text? TextPart(JsonElement part, string name, string path)
    {
        if (!part.TryGetProperty(name, out _))
        {
            Fail($"a content part needs '{name}'", $"{path}.{name}");
        }

        return Text(part, name, path) is { } text ? new ContentPart.Text(text) : null;
    }

    private List<ToolCall> Calls(JsonElement message, string path)
    {
        var calls = new List<ToolCall>();
        if (message.Given("tool_calls"u8) is { } given)
        {
            if (given.ValueKind is not JsonValueKind.Array)
            {
                Fail("tool_calls must be an array", path + ".tool_calls");
                return calls;
            }

            var index = 0;
            foreach (var call in given.EnumerateArray())
            {
                if (Call(call, $"{path}.tool_calls[{index++}]") is { } read)
                {
                    calls.Add(read);
                }
            }
        }

        if (message.Given("function_call"u8) is { ValueKind: JsonValueKind.Object } legacy)
        {
            calls.Add(new ToolCall("", legacy.GivenText("name"u8) ?? "", Arguments(legacy)));
        }

        return calls;
    }

    private ToolCall? Call(JsonElement call, string path)
    {
        if (call.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        if (call.Given("custom"u8) is { } custom)
        {
            var input = custom.GivenText("input"u8) ?? "";
            return new ToolCall(call.GivenText("id"u8) ?? "", custom.GivenText("name"u8) ?? "", "{\"input\":" + Encoding.UTF8.GetString(WireJson.Quote(input)) + "}");
        }

        if (call.Given("function"u8) is { ValueKind: JsonValueKind.Object } function)
        {
            return new ToolCall(Text(call, "id", path) ?? "", Text(function, "name", path + ".function") ?? "", Arguments(function));
        }

        Fail("a tool call needs 'function'", path + ".function");
        return null;
    }

    // Some clients send an object instead of its text.
    private static string Arguments(JsonElement function) => function.Given("arguments"u8) switch
    {
        { ValueKind: JsonValueKind.String } text => ToolCall.ArgumentsOf(text.GetString()),
        { ValueKind: JsonValueKind.Object } arguments => arguments.GetRawText(),
        _ => "{}",
    };

    private string? Text(JsonElement owner, string name, string path)
    {
        if (owner.Given(Encoding.UTF8.GetBytes(name)) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.String)
        {
            return value.GetString();
        }

        Fail($"{name} must be a string", $"{path}.{name}");
        return null;
    }

    private void Fail(string message, string path) => Failure ??= new InferenceFailure.InvalidRequest($"Invalid '{path}': {message}", path);
}

using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>
/// Reads <c>input</c> into messages. The API keeps a turn of the assistant as several items; consecutive ones become one message, as the model wrote it. For one request; not thread-safe.
/// </summary>
/// <param name="fields">Reads fields and keeps the first error.</param>
/// <param name="names">The declared tools.</param>
/// <param name="find">Returns a stored item; null if it is unknown.</param>
internal sealed class InputReader(RequestFields fields, ToolNames names, Func<string, StoredItem?> find)
{
    private const string Roles = "'assistant', 'system', 'developer', and 'user'";

    private readonly List<ChatMessage> _messages = [];
    private readonly Dictionary<string, string> _toolsByCall = new(StringComparer.Ordinal);
    private ChatMessage? _turn;

    /// <summary>Returns the messages; those read so far if there was an error.</summary>
    /// <param name="instructions">The request's <c>instructions</c>.</param>
    /// <param name="previous">The response that the request continues; null for none.</param>
    /// <param name="input">The request's <c>input</c>.</param>
    public List<ChatMessage> Read(JsonElement? instructions, StoredResponse? previous, JsonElement? input)
    {
        if (instructions is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } system)
        {
            _messages.Add(ChatMessage.Of("system", system));
        }

        foreach (var item in previous is null ? [] : previous.Input.Concat(previous.Output))
        {
            ReadItem(WireJson.Parse(item.Json), "previous_response_id");
        }

        switch (input?.ValueKind)
        {
            case JsonValueKind.String:
                Add(ChatMessage.Of("user", input.Value.GetString()!));
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in input.Value.EnumerateArray())
                {
                    ReadItem(item, $"input[{index++}]");
                }

                break;
            case null:
                break;
            default:
                fields.Mismatch("input", input.Value, "a string or an array of items");
                break;
        }

        EndTurn();
        return _messages;
    }

    private void ReadItem(JsonElement item, string path)
    {
        if (item.ValueKind is not JsonValueKind.Object)
        {
            if (item.ValueKind is not JsonValueKind.Null)
            {
                fields.Mismatch(path, item, "an object");
            }

            return;
        }

        var type = fields.Text(item, path, "type");
        var hasRole = RequestFields.Any(item, "role") is not null;
        switch (type)
        {
            case "message":
            case null when hasRole:
                ReadMessage(item, path);
                break;
            case "reasoning":
                ReadReasoning(item, path);
                break;
            case "function_call":
                ReadCall(item, path, ToolCall.ArgumentsOf(fields.Text(item, path, "arguments")));
                break;
            case "custom_tool_call":
                ReadCall(item, path, CustomToolInput.ToArguments(fields.Text(item, path, "input") ?? ""));
                break;
            case "function_call_output" or "custom_tool_call_output":
                ReadOutput(item, path);
                break;
            case "item_reference":
            case null when RequestFields.Any(item, "id") is not null:
                ReadReference(fields.Text(item, path, "id"), path);
                break;
            case null:
                fields.Missing(path + ".type");
                break;
            default:
                // Calls of tools that OpenAI runs, and items that only its service uses, say nothing to another model.
                if (hasRole && RequestFields.Any(item, "content") is not null)
                {
                    ReadMessage(item, path);
                }

                break;
        }
    }

    private void ReadReference(string? id, string path)
    {
        if (id is null)
        {
            fields.Missing(path + ".id");
        }
        else if (find(id) is { } known)
        {
            ReadItem(WireJson.Parse(known.Json), path);
        }
        else
        {
            fields.Fail(new InferenceFailure.NotFound(
                $"Item with id '{id}' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.", "input"));
        }
    }

    private void ReadMessage(JsonElement item, string path)
    {
        var parts = ContentReader.Read(fields, item, path, "content");
        switch (fields.Text(item, path, "role"))
        {
            case "assistant":
                _turn ??= new() { Role = "assistant" };
                _turn = _turn with { Parts = [.. _turn.Parts, .. parts] };
                break;
            case "user":
                Add(new() { Role = "user", Parts = parts });
                break;
            case "system" or "developer":
                Add(new() { Role = "system", Parts = parts });
                break;
            case null:
                fields.Missing(path + ".role");
                break;
            case var role:
                fields.NotAllowed(path + ".role", role, Roles);
                break;
        }
    }

    private void ReadReasoning(JsonElement item, string path)
    {
        var content = ContentReader.ReadText(fields, item, path, "content");
        var summary = ContentReader.ReadText(fields, item, path, "summary");
        var thinking = EncryptedThinking.Decode(fields.Text(item, path, "encrypted_content")) ?? (content.Length > 0 ? content : summary);
        if (thinking.Length == 0)
        {
            return;
        }

        _turn ??= new() { Role = "assistant" };
        _turn = _turn with { Thinking = _turn.Thinking.Length == 0 ? thinking : $"{_turn.Thinking}\n{thinking}" };
    }

    private void ReadCall(JsonElement item, string path, string arguments)
    {
        if (fields.Text(item, path, "name") is not { Length: > 0 } name)
        {
            fields.Missing(path + ".name");
            return;
        }

        var id = fields.Text(item, path, "call_id") ?? fields.Text(item, path, "id") ?? "";
        var tool = names.Of(fields.Text(item, path, "namespace") is { Length: > 0 } space ? space : null, name);
        _toolsByCall[id] = tool;
        _turn ??= new() { Role = "assistant" };
        _turn = _turn with { ToolCalls = [.. _turn.ToolCalls, new(id, tool, arguments)] };
    }

    private void ReadOutput(JsonElement item, string path)
    {
        if (fields.Text(item, path, "call_id") is not { } id)
        {
            fields.Missing(path + ".call_id");
            return;
        }

        Add(new()
        {
            Role = "tool",
            ToolCallId = id,
            ToolName = _toolsByCall.GetValueOrDefault(id, ""),
            Parts = ContentReader.Read(fields, item, path, "output"),
        });
    }

    private void Add(ChatMessage message)
    {
        EndTurn();
        _messages.Add(message);
    }

    private void EndTurn()
    {
        if (_turn is not null)
        {
            _messages.Add(_turn);
            _turn = null;
        }
    }
}

using System.Text;
using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>Reads <c>system</c> and <c>messages</c> into one conversation. For one request.</summary>
internal sealed class ConversationReader(RequestFaults faults)
{
    private readonly List<ChatMessage> _messages = [];
    private readonly Dictionary<string, string> _toolNames = new(StringComparer.Ordinal);

    /// <summary>The conversation. A system prompt comes first; system messages keep their place.</summary>
    public IReadOnlyList<ChatMessage> Read(JsonElement request)
    {
        ReadSystem(request);
        if (request.Array("messages", FieldPath.Request, faults) is not { } messages || messages.GetArrayLength() == 0)
        {
            faults.AddSentence(new("messages"), "messages is required");
            return _messages;
        }

        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var path = new FieldPath("messages", index++);
            if (message.ValueKind is not JsonValueKind.Object)
            {
                faults.AddSentence(path, "each of 'messages' must be an object");
                break;
            }

            ReadMessage(message, path);
        }

        return _messages;
    }

    private void ReadSystem(JsonElement request)
    {
        if (request.Field("system") is not { } system)
        {
            return;
        }

        var parts = new List<ContentPart>();
        if (system.ValueKind is JsonValueKind.String)
        {
            ContentBlockReader.AddText(parts, BillingHeader.Remove(system.GetString()!));
        }
        else if (system.ValueKind is JsonValueKind.Array)
        {
            var index = 0;
            foreach (var block in system.EnumerateArray())
            {
                ReadSystemBlock(block, new("system", index++), parts);
            }
        }
        else
        {
            faults.Add(new("system"), "must be a string or an array of text blocks");
        }

        if (parts.Count > 0)
        {
            _messages.Add(new ChatMessage { Role = "system", Parts = parts });
        }
    }

    private void ReadSystemBlock(JsonElement block, FieldPath path, List<ContentPart> parts)
    {
        if (block.ValueKind is not JsonValueKind.Object)
        {
            faults.Add(path, "must be an object");
        }
        else if ((block.Text("type", path, faults) ?? "text") is var type and not "text")
        {
            faults.AddSentence(path, $"content blocks of type '{type}' are not supported in 'system'");
        }
        else
        {
            ContentBlockReader.AddText(parts, BillingHeader.Remove(block.Text("text", path, faults) ?? ""));
        }
    }

    private void ReadMessage(JsonElement message, FieldPath path)
    {
        var role = message.RequiredText("role", path, faults);
        if (role is not ("user" or "assistant" or "system"))
        {
            faults.Add(path.At("role"), $"unexpected role '{role}'; allowed roles are 'user', 'assistant' and 'system'");
            return;
        }

        var content = message.Field("content");
        if (content is { ValueKind: JsonValueKind.String } text)
        {
            var value = text.GetString()!;
            _messages.Add(ChatMessage.Of(role, role is "system" ? BillingHeader.Remove(value) : value));
            return;
        }

        var turn = new Turn(role);
        foreach (var (block, type, at) in ContentBlockReader.BlocksOf(content, path, faults))
        {
            ReadBlock(block, type, at, turn);
        }

        _messages.AddRange(turn.Results);
        if (!turn.HasOnlyResults)
        {
            _messages.Add(turn.ToMessage());
        }
    }

    private void ReadBlock(JsonElement block, string type, FieldPath path, Turn turn)
    {
        switch (type)
        {
            case "text" when turn.Role is "system":
                ContentBlockReader.AddText(turn.Parts, BillingHeader.Remove(block.Text("text", path, faults) ?? ""));
                break;
            case "thinking" when turn.Role is "assistant":
                turn.AddThinking(block.Text("thinking", path, faults));
                break;
            case "tool_use" when turn.Role is "assistant":
                turn.Calls.Add(ReadCall(block, path));
                break;
            case "tool_result" when turn.Role is "user":
                turn.Results.Add(ReadResult(block, path));
                break;
            case "tool_use" or "tool_result" or "thinking":
                faults.Add(path, $"content blocks of type '{type}' are not allowed in messages of role '{turn.Role}'");
                break;
            case "compaction":
                // The summary replaces messages that the client no longer sends.
                ContentBlockReader.AddText(turn.Parts, block.Text("content", path, faults));
                break;
            default:
                if (!ContentBlockReader.TryRead(block, type, path, faults, turn.Parts) && !IsIgnored(type))
                {
                    faults.AddSentence(path, $"content blocks of type '{type}' are not supported");
                }

                break;
        }
    }

    private ToolCall ReadCall(JsonElement block, FieldPath path)
    {
        var id = ToolUseId.ToEngine(block.RequiredText("id", path, faults));
        var name = block.RequiredText("name", path, faults);
        _toolNames[id] = name;
        var input = block.Field("input") switch
        {
            { ValueKind: JsonValueKind.Object } value => value.GetRawText(),
            // A client that keeps the streamed text sends a truncated call as a string.
            { ValueKind: JsonValueKind.String } text => ToolCall.ArgumentsOf(text.GetString()),
            _ => "{}",
        };
        return new(id, name, input);
    }

    private ChatMessage ReadResult(JsonElement block, FieldPath path)
    {
        var id = ToolUseId.ToEngine(block.RequiredText("tool_use_id", path, faults));
        var parts = new List<ContentPart>();
        if (block.Field("content") is { ValueKind: JsonValueKind.String } text)
        {
            ContentBlockReader.AddText(parts, text.GetString());
        }
        else
        {
            foreach (var (nested, type, at) in ContentBlockReader.BlocksOf(block.Field("content"), path, faults))
            {
                ReadResultBlock(nested, type, at, parts);
            }
        }

        if (block.Flag("is_error", path, faults) is true)
        {
            MarkError(parts);
        }

        return new() { Role = "tool", ToolCallId = id, ToolName = _toolNames.GetValueOrDefault(id, ""), Parts = parts };
    }

    private void ReadResultBlock(JsonElement block, string type, FieldPath path, List<ContentPart> parts)
    {
        switch (type)
        {
            case "tool_reference":
                // The result of a search for tools. All tools are in the prompt already, so the name is enough.
                ContentBlockReader.AddText(parts, block.Text("tool_name", path, faults));
                break;
            case "browser_state":
                ContentBlockReader.AddText(parts, block.GetRawText());
                break;
            default:
                if (!ContentBlockReader.TryRead(block, type, path, faults, parts))
                {
                    faults.AddSentence(path, $"content blocks of type '{type}' are not supported in 'tool_result'");
                }

                break;
        }
    }

    // Templates have no place for the flag.
    private static void MarkError(List<ContentPart> parts)
    {
        if (parts is [ContentPart.Text { Value: var text }, ..])
        {
            if (!text.StartsWith("Error", StringComparison.OrdinalIgnoreCase))
            {
                parts[0] = new ContentPart.Text($"Error: {text}");
            }
        }
        else
        {
            parts.Insert(0, new ContentPart.Text("Error"));
        }
    }

    // Results of Anthropic's own tools, which their API ran and whose text the model repeated, and marks without content.
    private static bool IsIgnored(string type) =>
        type is "redacted_thinking" or "server_tool_use" or "mcp_tool_use" or "mcp_tool_result" or "mcp_tool_listing" or "container_upload" or "fallback" or "tool_addition" or "tool_removal"
        || type.EndsWith("_tool_result", StringComparison.Ordinal);

    /// <summary>A message while its blocks are read.</summary>
    private sealed class Turn(string role)
    {
        private readonly StringBuilder _thinking = new();

        public string Role => role;

        public List<ContentPart> Parts { get; } = [];

        public List<ToolCall> Calls { get; } = [];

        public List<ChatMessage> Results { get; } = [];

        public bool HasOnlyResults => Results.Count > 0 && Parts.Count == 0;

        public void AddThinking(string? text)
        {
            if (!string.IsNullOrEmpty(text))
            {
                _thinking.Append(_thinking.Length == 0 ? "" : "\n").Append(text);
            }
        }

        public ChatMessage ToMessage() => new() { Role = role, Parts = Parts, Thinking = _thinking.ToString(), ToolCalls = Calls };
    }
}

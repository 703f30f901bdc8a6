using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.EngineRequests;
using GGLib.Server.Pipeline;
using GGLib.Server.Prompts;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>An OpenAI chat with a model whose Go template is in force: rendered here and completed as a text.</summary>
internal static class RenderedChat
{
    /// <summary>What the engine is asked; null when the engine renders the chat itself.</summary>
    /// <param name="request">The request, checked.</param>
    /// <param name="model">The model.</param>
    /// <param name="defaults">The model's own options as fields, without braces, none of which is in the request; may be empty.</param>
    /// <param name="clock">The clock that templates may ask.</param>
    public static RetoldRequest? Of(JsonElement request, CatalogModel model, ReadOnlySpan<byte> defaults, TimeProvider clock)
    {
        if (ModelPrompt.GoTemplateOf(model) is not { } template)
        {
            return null;
        }

        var messages = Messages(request.GetProperty("messages"u8));
        if (messages is null)
        {
            // Images are the engine's affair, by the file's own template.
            return null;
        }

        JsonElement? tools = request.TryGetProperty("tools"u8, out var given) && given.ValueKind is JsonValueKind.Array && given.GetArrayLength() > 0 ? given : null;
        var canThink = model.Facts.Can(Capability.Thinking);
        var effort = ReasoningEffort.Read(request, out _);
        var think = effort is null ? null : new ThinkField(effort is not ReasoningEffort.None, effort is "low" or "medium" or "high" ? effort : null);
        var (prompt, problem) = GoPromptText.Of(template, Conversation.OfChat(model.Profile, messages), tools, think, canThink, clock);
        if (prompt is null)
        {
            return new("/completion", []) { Problem = problem };
        }

        var body = ConstrainedChatTranslation.Completion(request, prompt);
        var thinks = canThink && (think?.Enabled ?? true);
        var isThinking = prompt.AsSpan().TrimEnd().EndsWith("<think>", StringComparison.Ordinal);
        return new("/completion", defaults.IsEmpty ? body : [(byte)'{', .. defaults, (byte)',', .. body.AsSpan(1)])
        {
            Reading = answer => new AnswerTextReader(answer, thinks, isThinking, ToolCallText.For(template.ToolCallMark, tools)),
        };
    }

    /// <summary>The messages in the native API's form; null when there are images or sounds among them.</summary>
    private static List<ChatMessage>? Messages(JsonElement messages)
    {
        var read = new List<ChatMessage>();
        var tools = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var message in messages.EnumerateArray())
        {
            if (Content(message) is not { } content)
            {
                return null;
            }

            var calls = Calls(message);
            foreach (var call in calls)
            {
                tools[call.Id] = call.Name;
            }

            var id = Text(message, "tool_call_id"u8) ?? "";
            read.Add(new ChatMessage
            {
                Role = Text(message, "role"u8) is { Length: > 0 } role ? role is "developer" ? "system" : role : "user",
                Content = content,
                Thinking = Text(message, "reasoning_content"u8) ?? Text(message, "reasoning"u8) ?? "",
                ToolCalls = calls,
                ToolCallId = id,
                ToolName = Text(message, "name"u8) ?? tools.GetValueOrDefault(id, ""),
            });
        }

        return read;
    }

    private static string? Content(JsonElement message)
    {
        if (!message.TryGetProperty("content"u8, out var content) || content.ValueKind is not JsonValueKind.Array)
        {
            return Text(message, "content"u8) ?? "";
        }

        var parts = content.EnumerateArray().Select(static part => part.ValueKind is JsonValueKind.Object && Text(part, "type"u8) is "text" ? Text(part, "text"u8) : null).ToList();
        return parts.Contains(null) ? null : string.Join('\n', parts);
    }

    private static List<ToolCall> Calls(JsonElement message)
    {
        var calls = new List<ToolCall>();
        if (message.TryGetProperty("tool_calls"u8, out var given) && given.ValueKind is JsonValueKind.Array)
        {
            foreach (var call in given.EnumerateArray())
            {
                if (call.ValueKind is JsonValueKind.Object && call.TryGetProperty("function"u8, out var function) && function.ValueKind is JsonValueKind.Object)
                {
                    calls.Add(new ToolCall(Text(call, "id"u8) ?? "", Text(function, "name"u8) ?? "", Arguments(Text(function, "arguments"u8))));
                }
            }
        }

        return calls;
    }

    // The model wrote them: what is no object is passed over, as templates do.
    private static string Arguments(string? text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text ?? "{}");
            return parsed.RootElement.ValueKind is JsonValueKind.Object ? text ?? "{}" : "{}";
        }
        catch (JsonException)
        {
            return "{}";
        }
    }

    private static string? Text(JsonElement value, ReadOnlySpan<byte> name) =>
        value.TryGetProperty(name, out var text) && text.ValueKind is JsonValueKind.String ? text.GetString() : null;
}

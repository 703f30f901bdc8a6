using GGLib.Server.Failures;
using GGLib.Server.Requests;

namespace GGLib.Tests.Server.Pipeline.Messages;

/// <summary>Templates that behave like published ones, behind the engine's own rules.</summary>
internal static class FakeTemplate
{
    /// <summary>Every template here, by name.</summary>
    public static IReadOnlyDictionary<string, Func<IReadOnlyList<ChatMessage>, string>> All { get; } = new Dictionary<string, Func<IReadOnlyList<ChatMessage>, string>>
    {
        ["anything"] = Lines,
        ["system first"] = SystemFirst,
        ["alternating"] = Alternating,
        ["alternating without tools"] = Strict,
        ["collected system"] = Collected,
        ["dropped system"] = Dropped,
        ["one call"] = OneCall,
    };

    /// <summary>Renders as llama-server does: an assistant message at the end is continued, but only one, and none with calls.</summary>
    public static (string? Text, InferenceFailure? Failure) Render(Func<IReadOnlyList<ChatMessage>, string> template, IReadOnlyList<ChatMessage> messages)
    {
        if (messages is [.., { Role: "assistant", ToolCalls.Count: > 0 }])
        {
            return (null, new InferenceFailure.EngineRejected("Cannot continue an assistant message that contains tool calls.", 400, null));
        }

        if (messages is [.., { Role: "assistant" }, { Role: "assistant" }])
        {
            return (null, new InferenceFailure.EngineRejected("Cannot have 2 or more assistant messages at the end of the list.", 400, null));
        }

        try
        {
            return (template(messages), null);
        }
        catch (InvalidOperationException exception)
        {
            return (null, new InferenceFailure.TemplateRejected(exception.Message));
        }
    }

    private static string Lines(IEnumerable<ChatMessage> messages) => string.Concat(messages.Select(Line));

    // Qwen 3.5.
    private static string SystemFirst(IReadOnlyList<ChatMessage> messages)
    {
        Check(messages.Any(static message => message.Role == "user"), "No user query found in messages.");
        Check(messages.Skip(1).All(static message => message.Role != "system"), "System message must be at the beginning.");
        return Lines(messages);
    }

    // Mistral Nemo, which also moves the system message to the last user message.
    private static string Alternating(IReadOnlyList<ChatMessage> messages)
    {
        var system = messages[0].Role == "system" ? messages[0] : null;
        var rest = messages.Skip(system is null ? 0 : 1).ToList();
        var turns = rest.Where(static message => message.Role != "tool" && message.ToolCalls.Count == 0).ToList();
        for (var index = 0; index < turns.Count; index++)
        {
            Check((turns[index].Role == "user") == (index % 2 == 0), "After the optional system message, conversation roles must alternate user/assistant/user/assistant/...");
        }

        Check(rest.SelectMany(static message => message.ToolCalls).All(static call => call.Id.Length == 9), "Tool call IDs should be alphanumeric strings with length 9!");
        Check(rest.All(static message => message.Role != "system"), "Only user and assistant roles are supported");
        return string.Concat(rest.Select((message, index) => (index == rest.Count - 1 && system is not null ? Line(system) : "") + Line(message)));
    }

    // Zephyr, Vicuna and other templates without tools.
    private static string Strict(IReadOnlyList<ChatMessage> messages)
    {
        var start = messages[0].Role == "system" ? 1 : 0;
        for (var index = start; index < messages.Count; index++)
        {
            Check((messages[index].Role == "user") == ((index - start) % 2 == 0), "Conversation roles must alternate user/assistant/user/assistant/...");
        }

        return string.Concat(messages.Where(static message => message.Role is "system" or "user" or "assistant").Select(static message => Line(message with { ToolCalls = [] })));
    }

    // DeepSeek.
    private static string Collected(IReadOnlyList<ChatMessage> messages) => Lines(messages.OrderBy(static message => message.Role != "system"));

    // gpt-oss.
    private static string Dropped(IReadOnlyList<ChatMessage> messages)
    {
        var hasCall = false;
        foreach (var message in messages)
        {
            hasCall |= message.ToolCalls.Count > 0;
            Check(message.Role != "tool" || hasCall, "Message has tool role, but there was no previous assistant message with a tool call!");
            hasCall &= message.Role != "assistant" || message.ToolCalls.Count > 0;
        }

        return Lines(messages.Where(static (message, index) => index == 0 || message.Role != "system"));
    }

    // Llama 3.
    private static string OneCall(IReadOnlyList<ChatMessage> messages)
    {
        Check(messages.All(static message => message.ToolCalls.Count < 2), "This model only supports single tool-calls at once!");
        return Lines(messages);
    }

    private static string Line(ChatMessage message) => $"<{message.Role}>{message.Text}{string.Concat(message.ToolCalls.Select(static call => $"[{call.Name}{call.Arguments}]"))}</{message.Role}>\n";

    private static void Check(bool isAccepted, string error)
    {
        if (!isAccepted)
        {
            throw new InvalidOperationException(error);
        }
    }
}

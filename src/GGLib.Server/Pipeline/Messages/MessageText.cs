using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline.Messages;

/// <summary>The texts that fitting adds around what a client sent, and the joining of messages. Pure.</summary>
internal static class MessageText
{
    /// <summary>The result of a call that has none.</summary>
    public const string NoResult = "(no result)";

    /// <summary>The assistant's message between a tool result and a user message.</summary>
    public const string Acknowledged = "OK.";

    private const string Separator = "\n\n";

    /// <summary>Whether a message has neither text nor media.</summary>
    public static bool IsBlank(ChatMessage message) => message.MediaCount == 0 && string.IsNullOrWhiteSpace(message.Text);

    /// <summary>The message followed by further parts; adjacent texts are separated by a blank line.</summary>
    public static ChatMessage Append(ChatMessage message, IReadOnlyList<ContentPart> parts) => message with { Parts = Join(message.Parts, parts) };

    /// <summary>Two messages of the same role as one. A property that both have keeps the first value.</summary>
    public static ChatMessage Join(ChatMessage first, ChatMessage second) => first with
    {
        Parts = Join(first.Parts, second.Parts),
        Thinking = Join(first.Thinking, second.Thinking),
        ToolCalls = [.. first.ToolCalls, .. second.ToolCalls],
        Forwarded = [.. first.Forwarded, .. second.Forwarded.Where(field => !first.Forwarded.Any(earlier => earlier.Name == field.Name))],
    };

    /// <summary>A system message's content as a part of another message.</summary>
    public static IReadOnlyList<ContentPart> Reminder(ChatMessage system) => Wrap("<system-reminder>", system, "</system-reminder>");

    /// <summary>A tool result as a user message.</summary>
    /// <param name="result">The result.</param>
    /// <param name="name">The tool; empty when unknown.</param>
    public static ChatMessage ResultAsUser(ChatMessage result, string name) => result with
    {
        Role = "user",
        Parts = Wrap(name.Length == 0 ? "<tool-result>" : $"<tool-result name=\"{name}\">", result, "</tool-result>"),
        ToolName = "",
        ToolCallId = "",
    };

    /// <summary>An assistant message whose calls are text.</summary>
    public static ChatMessage CallsAsText(ChatMessage message)
    {
        foreach (var call in message.ToolCalls)
        {
            message = Append(message, ContentPart.Of($"<tool-call name=\"{call.Name}\">\n{call.Arguments}\n</tool-call>"));
        }

        return message with { ToolCalls = [] };
    }

    private static IReadOnlyList<ContentPart> Wrap(string start, ChatMessage message, string end) => message.MediaCount == 0
        ? [new ContentPart.Text($"{start}\n{message.Text}\n{end}")]
        : [new ContentPart.Text(start), .. message.Parts, new ContentPart.Text(end)];

    private static string Join(string first, string second) =>
        first.Length == 0 ? second : second.Length == 0 ? first : first + Separator + second;

    private static IReadOnlyList<ContentPart> Join(IReadOnlyList<ContentPart> first, IReadOnlyList<ContentPart> second) =>
        first is [.., ContentPart.Text left] && second is [ContentPart.Text right, ..]
            ? [.. first.SkipLast(1), new ContentPart.Text(Join(left.Value, right.Value)), .. second.Skip(1)]
            : [.. first, .. second];
}

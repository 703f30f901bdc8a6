using GGLib.Catalog;
using GGLib.Server.Requests;

namespace GGLib.Server.Prompts;

/// <summary>How models mark tool calls in their text. Source: published chat templates.</summary>
internal static class ToolMarkup
{
    private const string Usual = "<tool_call>";

    private static readonly string[] Marks = [Usual, "[TOOL_CALLS]", "<|tool_call|>", "<|tool_calls_section_begin|>", "<｜tool▁calls▁begin｜>", "<|python_tag|>", "<function=", "<minimax:tool_call>", "<|tool▁calls▁begin|>"];

    /// <summary>The text before the JSON object of a call, for models of which <see cref="WritesJsonCalls"/> is true.</summary>
    public const string JsonCallStart = Usual + "\n";

    /// <summary>Whether the model's template writes a call as <c>&lt;tool_call&gt;</c>, a line feed, and a JSON object with <c>name</c> and <c>arguments</c>.</summary>
    public static bool WritesJsonCalls(CatalogModel model) => model.Facts.ChatTemplate is { } template
        && template.Contains(Usual, StringComparison.Ordinal)
        && template.Replace("\\", "", StringComparison.Ordinal).Contains("\"arguments\":", StringComparison.Ordinal)
        && !template.Contains("<function=", StringComparison.Ordinal)
        && !template.Contains("<arg_key>", StringComparison.Ordinal);

    /// <summary>Returns a prompt that ends behind the thinking that its template begins; the prompt itself if it begins none.</summary>
    public static string WithThinkingEnded(string prompt) => prompt.AsSpan().TrimEnd().EndsWith("<think>", StringComparison.Ordinal) ? prompt.TrimEnd() + "\n\n</think>\n\n" : prompt;

    /// <summary>Whether a conversation contains tool calls, which a model imitates.</summary>
    public static bool IsLikely(IReadOnlyList<ChatMessage> messages) => messages.Any(static message => message.ToolCalls.Count > 0);

    /// <summary>The text that starts a tool call in the model's template; the usual one when the template names none.</summary>
    public static string MarkOf(CatalogModel model) => model.Facts.ChatTemplate is { } template ? Marks.FirstOrDefault(mark => template.Contains(mark, StringComparison.Ordinal)) ?? Usual : Usual;
}

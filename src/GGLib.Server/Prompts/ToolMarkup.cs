using GGLib.Catalog;
using GGLib.Server.Requests;

namespace GGLib.Server.Prompts;

/// <summary>How models mark tool calls in their text. Source: published chat templates.</summary>
internal static class ToolMarkup
{
    private const string Usual = "<tool_call>";

    private static readonly string[] Marks = [Usual, "[TOOL_CALLS]", "<|tool_call|>", "<|tool_calls_section_begin|>", "<｜tool▁calls▁begin｜>", "<|python_tag|>", "<function=", "<minimax:tool_call>", "<|tool▁calls▁begin|>"];

    /// <summary>Whether a conversation contains tool calls, which a model imitates.</summary>
    public static bool IsLikely(IReadOnlyList<ChatMessage> messages) => messages.Any(static message => message.ToolCalls.Count > 0);

    /// <summary>The text that starts a tool call in the model's template; the usual one when the template names none.</summary>
    public static string MarkOf(CatalogModel model) => model.Facts.ChatTemplate is { } template ? Marks.FirstOrDefault(mark => template.Contains(mark, StringComparison.Ordinal)) ?? Usual : Usual;
}

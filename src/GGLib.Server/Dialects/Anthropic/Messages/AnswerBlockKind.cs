namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>The type of a content block in an answer.</summary>
internal enum AnswerBlockKind
{
    Text,
    Thinking,
    ToolUse,
}

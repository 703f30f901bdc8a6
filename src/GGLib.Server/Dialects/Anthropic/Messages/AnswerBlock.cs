using System.Buffers;
using GGLib.Server.Json;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>A content block of an answer. Not thread-safe.</summary>
/// <param name="kind">The block's type.</param>
/// <param name="toolIndex">Which tool call of the answer; -1 for other blocks.</param>
internal sealed class AnswerBlock(AnswerBlockKind kind, int toolIndex = -1)
{
    private ToolInputScanner _input;
    private ArrayBufferWriter<byte>? _text;

    public AnswerBlockKind Kind => kind;

    public int ToolIndex => toolIndex;

    /// <summary>The call's id for the client.</summary>
    public byte[] Id { get; private set; } = [];

    /// <summary>The tool's name, escaped.</summary>
    public byte[] Name { get; private set; } = [];

    /// <summary>Text that was kept, escaped: the block's text, or the call's arguments.</summary>
    public ReadOnlySpan<byte> Kept => _text is null ? [] : _text.WrittenSpan;

    /// <summary>Whether a call's arguments are not a whole object yet.</summary>
    public bool IsUnfinishedCall => kind is AnswerBlockKind.ToolUse && !_input.IsComplete;

    /// <summary>Whether a call has arguments other than white space.</summary>
    public bool HasInput => _input.HasContent;

    /// <summary>A block that begins with the first fragment of a call.</summary>
    public static AnswerBlock OfCall(scoped in StreamEvent fragment) =>
        new(AnswerBlockKind.ToolUse, fragment.ToolIndex) { Id = ToolUseId.OfEngine(fragment.ToolId), Name = fragment.ToolName.ToArray() };

    /// <summary>The part of a call's next argument text that belongs to the object: nothing follows its end.</summary>
    public ReadOnlySpan<byte> TakeInput(ReadOnlySpan<byte> text) => _input.IsComplete ? [] : text[.._input.Read(text)];

    /// <summary>Keeps text for later.</summary>
    public void Keep(ReadOnlySpan<byte> text) => (_text ??= new()).Write(text);

    /// <summary>The arguments as an object; <c>{}</c> when they are not one, as in a truncated call.</summary>
    public string Input() => ToolCall.ArgumentsOf(EscapedText.ToText(Kept));
}

/// <summary>The type of a content block in an answer.</summary>
internal enum AnswerBlockKind
{
    Text,
    Thinking,
    ToolUse,
}

using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>
/// One piece of a model's answer. The texts point into the reader's buffer and are valid during the call only. They are UTF-8 <b>as it stands between
/// the quotes of a JSON string</b>, escapes kept: a writer puts them between quotes again, and joined pieces are the joined text, so nothing is
/// unescaped and escaped again on the token path.
/// </summary>
internal readonly ref struct StreamEvent
{
    public StreamEventKind Kind { get; private init; }

    /// <summary>Reasoning, content, a tool call's argument text, the stop sequence of a finish, or an error's message: escaped text. Logprobs: the raw JSON array.</summary>
    public ReadOnlySpan<byte> Text { get; private init; }

    /// <summary>Which tool call of the answer.</summary>
    public int ToolIndex { get; private init; }

    /// <summary>The tool call's id, escaped; empty after its first fragment.</summary>
    public ReadOnlySpan<byte> ToolId { get; private init; }

    /// <summary>The tool's name, escaped; empty after its first fragment.</summary>
    public ReadOnlySpan<byte> ToolName { get; private init; }

    public FinishReason Finish { get; private init; }

    /// <summary>Which of the answers a request asked for, from 0.</summary>
    public int Choice { get; init; }

    public TokenUsage Usage { get; private init; }

    /// <summary>The HTTP status that the engine gives an error; 0 when it gives none.</summary>
    public int Status { get; private init; }

    public static StreamEvent Role() => new() { Kind = StreamEventKind.Role };

    public static StreamEvent Reasoning(ReadOnlySpan<byte> text) => new() { Kind = StreamEventKind.Reasoning, Text = text };

    public static StreamEvent Content(ReadOnlySpan<byte> text) => new() { Kind = StreamEventKind.Content, Text = text };

    public static StreamEvent ToolCall(int index, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> arguments) =>
        new() { Kind = StreamEventKind.ToolCallFragment, ToolIndex = index, ToolId = id, ToolName = name, Text = arguments };

    public static StreamEvent Logprobs(ReadOnlySpan<byte> json) => new() { Kind = StreamEventKind.Logprobs, Text = json };

    /// <param name="reason">Why the model ended.</param>
    /// <param name="stopSequence">The stop sequence that ended the answer, escaped; empty when none did or the engine does not report it.</param>
    public static StreamEvent Finished(FinishReason reason, ReadOnlySpan<byte> stopSequence = default) => new() { Kind = StreamEventKind.Finish, Finish = reason, Text = stopSequence };

    public static StreamEvent Counted(in TokenUsage usage) => new() { Kind = StreamEventKind.Usage, Usage = usage };

    public static StreamEvent Failed(ReadOnlySpan<byte> message, int status) => new() { Kind = StreamEventKind.Error, Text = message, Status = status };
}

using System.Buffers;
using System.Text;
using GGLib.Server.Json;
using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>
/// Separates thinking and tool calls from an answer that the engine returns as one text, because gglib rendered the prompt, and passes them to a dialect's writer as
/// if the engine had separated them. For one answer; not thread-safe.
/// </summary>
/// <param name="answer">The dialect's writer.</param>
/// <param name="thinks">Whether thinking is recognized, between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>.</param>
/// <param name="isThinking">Whether the prompt ends inside thinking.</param>
/// <param name="calls">How tool calls are written; null to recognize none.</param>
internal sealed class AnswerTextReader(IAnswer answer, bool thinks, bool isThinking, ToolCallText? calls) : IAnswer
{
    private enum Part
    {
        Beginning,
        BeforeThinking,
        Thinking,
        BehindThinking,
        Content,
        Calls,
    }

    private static ReadOnlySpan<byte> Open => "<think>"u8;

    private static ReadOnlySpan<byte> Close => "</think>"u8;

    // Held-back text that may be part of a marker or a call.
    private readonly ArrayBufferWriter<byte> _held = new();
    private bool _called;
    private bool _isCutOff;
    private Part _part = isThinking && thinks ? Part.BeforeThinking : Part.Beginning;

    public FinishReason Finish => answer.Finish;

    public string? EngineError => answer.EngineError;

    public int EngineErrorStatus => answer.EngineErrorStatus;

    public long GeneratedTokens => answer.GeneratedTokens;

    public TokenUsage Usage => answer.Usage;

    public void Accept(scoped in StreamEvent piece)
    {
        switch (piece.Kind)
        {
            case StreamEventKind.Content:
                _held.Write(piece.Text);
                Read(isEnd: false);
                break;
            case StreamEventKind.Finish:
                _isCutOff = piece.Finish is FinishReason.Length;
                Read(isEnd: true);
                answer.Accept(_called && piece.Finish is FinishReason.Stop ? StreamEvent.Finished(FinishReason.ToolCalls) : piece);
                break;
            default:
                answer.Accept(piece);
                break;
        }
    }

    private void Read(bool isEnd)
    {
        byte[] text = [.. _held.WrittenSpan];
        _held.ResetWrittenCount();
        ReadOnlySpan<byte> rest = text;
        while (Step(ref rest, isEnd))
        {
        }

        _held.Write(rest);
    }

    /// <returns>Whether another step may follow.</returns>
    private bool Step(ref ReadOnlySpan<byte> rest, bool isEnd)
    {
        switch (_part)
        {
            case Part.Beginning:
                return Begin(ref rest, isEnd);
            case Part.Thinking:
                return Think(ref rest, isEnd);
            case Part.BeforeThinking or Part.BehindThinking:
                rest = WithoutBlanks(rest);
                _part = rest.IsEmpty ? _part : _part is Part.BeforeThinking ? Part.Thinking : Part.Content;
                return !rest.IsEmpty;
            case Part.Content:
                return Tell(ref rest, isEnd);
            default:
                if (isEnd)
                {
                    TellCalls(rest);
                    rest = [];
                }

                return false;
        }
    }

    // Thinking, and a call without a marker, are only recognized at the start of an answer.
    private bool Begin(ref ReadOnlySpan<byte> rest, bool isEnd)
    {
        var text = WithoutBlanks(rest);
        if (text.IsEmpty && !isEnd)
        {
            return false;
        }

        if (thinks && text.StartsWith(Open))
        {
            _part = Part.BeforeThinking;
            rest = text[Open.Length..];
            return true;
        }

        if (thinks && !isEnd && Open.StartsWith(text))
        {
            return false;
        }

        _part = Part.Content;
        if (calls is { IsBare: true } && text is [(byte)'{' or (byte)'[', ..])
        {
            _part = Part.Calls;
            rest = text;
        }

        return true;
    }

    private bool Think(ref ReadOnlySpan<byte> rest, bool isEnd)
    {
        var at = rest.IndexOf(Close);
        var held = at < 0 && !isEnd ? PartialMatch.LengthAtEnd(rest, Close) : 0;
        var thought = at < 0 ? rest[..^held] : rest[..at];
        if (!thought.IsEmpty)
        {
            answer.Accept(StreamEvent.Reasoning(thought));
        }

        rest = at < 0 ? rest[^held..] : rest[(at + Close.Length)..];
        _part = at < 0 ? Part.Thinking : Part.BehindThinking;
        return at >= 0;
    }

    private bool Tell(ref ReadOnlySpan<byte> rest, bool isEnd)
    {
        var at = calls is { IsBare: false } ? rest.IndexOf(calls.Mark.Span) : -1;
        var held = at < 0 && !isEnd && calls is { IsBare: false } ? PartialMatch.LengthAtEnd(rest, calls.Mark.Span) : 0;
        var told = at < 0 ? rest[..^held] : rest[..at];
        // The engine ends with an empty piece, which is not content.
        if (!told.IsEmpty)
        {
            answer.Accept(StreamEvent.Content(told));
        }

        rest = at < 0 ? rest[^held..] : rest[at..];
        _part = at < 0 ? Part.Content : Part.Calls;
        return at >= 0;
    }

    private void TellCalls(ReadOnlySpan<byte> text)
    {
        var found = calls!.Read(EscapedText.ToText(text));
        if (found.Count == 0)
        {
            // A marked call that the limit cut off is not text either.
            if (!_isCutOff || calls.IsBare)
            {
                answer.Accept(StreamEvent.Content(text));
            }

            return;
        }

        _called = true;
        for (var index = 0; index < found.Count; index++)
        {
            answer.Accept(StreamEvent.ToolCall(index, Encoding.ASCII.GetBytes(ToolCallAssembler.NewId()), EscapedText.From(found[index].Name), EscapedText.From(found[index].Arguments)));
        }
    }

    /// <summary>Returns the text without leading white space, which may be escaped.</summary>
    private static ReadOnlySpan<byte> WithoutBlanks(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            switch (text)
            {
                case [(byte)' ', ..]:
                    text = text[1..];
                    break;
                case [(byte)'\\', (byte)'n' or (byte)'r' or (byte)'t', ..]:
                    text = text[2..];
                    break;
                default:
                    return text;
            }
        }
    }
}

using System.Buffers;
using GGLib.Server.Json;
using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>Drops an answer's text from the first tool call on: for requests that forbid tool calls. For one answer; not thread-safe.</summary>
/// <param name="answer">Receives the rest.</param>
/// <param name="mark">The text that starts a tool call.</param>
internal sealed class ToolMarkupFilter(IAnswer answer, string mark) : IAnswer
{
    private readonly byte[] _mark = EscapedText.From(mark);
    private readonly ArrayBufferWriter<byte> _held = new();
    private bool _dropping;

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
                Release(isEnd: false);
                break;
            case StreamEventKind.ToolCallFragment:
                break;
            case StreamEventKind.Finish:
                Release(isEnd: true);
                answer.Accept(piece.Finish is FinishReason.ToolCalls ? StreamEvent.Finished(FinishReason.Stop) : piece);
                break;
            default:
                answer.Accept(piece);
                break;
        }
    }

    private void Release(bool isEnd)
    {
        byte[] text = [.. _held.WrittenSpan];
        _held.ResetWrittenCount();
        if (_dropping)
        {
            return;
        }

        var at = text.AsSpan().IndexOf(_mark);
        _dropping = at >= 0;
        var held = at >= 0 || isEnd ? 0 : PartialMatch.LengthAtEnd(text, _mark);
        var shown = at >= 0 ? text.AsSpan(0, at) : text.AsSpan(0, text.Length - held);
        if (!shown.IsEmpty)
        {
            answer.Accept(StreamEvent.Content(shown));
        }

        _held.Write(text.AsSpan(text.Length - held));
    }
}

using System.Buffers;
using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>
/// Drops the text that a model writes before or after a forced tool call: the engine's grammar allows it, but clients of a forced call expect nothing else. An answer without a call keeps its text. For one answer; not thread-safe.
/// </summary>
/// <param name="answer">Receives the rest.</param>
internal sealed class ForcedCallFilter(IAnswer answer) : IAnswer
{
    // The text of each choice that has no call so far.
    private readonly Dictionary<int, ArrayBufferWriter<byte>> _held = [];
    private readonly HashSet<int> _called = [];

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
                if (!_called.Contains(piece.Choice))
                {
                    HeldOf(piece.Choice).Write(piece.Text);
                }

                break;
            case StreamEventKind.ToolCallFragment:
                _called.Add(piece.Choice);
                _held.Remove(piece.Choice);
                answer.Accept(piece);
                break;
            case StreamEventKind.Finish:
                if (_held.Remove(piece.Choice, out var text) && text.WrittenCount > 0)
                {
                    answer.Accept(StreamEvent.Content(text.WrittenSpan) with { Choice = piece.Choice });
                }

                answer.Accept(piece);
                break;
            default:
                answer.Accept(piece);
                break;
        }
    }

    private ArrayBufferWriter<byte> HeldOf(int choice)
    {
        if (!_held.TryGetValue(choice, out var text))
        {
            _held[choice] = text = new ArrayBufferWriter<byte>();
        }

        return text;
    }
}

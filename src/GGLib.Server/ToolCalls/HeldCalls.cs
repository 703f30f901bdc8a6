using System.Buffers;
using GGLib.Server.Json;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;

namespace GGLib.Server.ToolCalls;

/// <summary>Holds an answer's tool calls and its end back until they have been checked. Everything else passes. For one answer; not thread-safe.</summary>
/// <param name="answer">Receives the rest.</param>
/// <param name="isEnough">Decides, each time a call is complete and another begins, whether the rest of the answer is not needed.</param>
internal sealed class HeldCalls(IAnswer answer, Func<IReadOnlyList<HeldCall>, bool> isEnough) : IAnswer
{
    private readonly SortedDictionary<int, Call> _calls = [];
    private byte[] _stopSequence = [];

    public FinishReason Finish { get; private set; }

    public string? EngineError => answer.EngineError;

    public int EngineErrorStatus => answer.EngineErrorStatus;

    public long GeneratedTokens => answer.GeneratedTokens;

    public TokenUsage Usage => answer.Usage;

    /// <summary>Whether the rest of the answer is not needed.</summary>
    public bool IsEnough { get; private set; }

    /// <summary>Whether text of the answer, not of thinking, has passed.</summary>
    public bool HasContent { get; private set; }

    /// <summary>The calls so far, in the model's order.</summary>
    public IReadOnlyList<HeldCall> Calls => [.. _calls.Values.Select(static call => call.Whole)];

    public void Accept(scoped in StreamEvent piece)
    {
        switch (piece.Kind)
        {
            case StreamEventKind.ToolCallFragment:
                Add(piece);
                break;
            case StreamEventKind.Finish:
                Finish = piece.Finish;
                _stopSequence = piece.Text.ToArray();
                break;
            default:
                HasContent |= piece.Kind is StreamEventKind.Content;
                answer.Accept(piece);
                break;
        }
    }

    /// <summary>Passes these calls on, and the end of the answer.</summary>
    public void Release(IReadOnlyList<HeldCall> calls)
    {
        for (var index = 0; index < calls.Count; index++)
        {
            var call = calls[index];
            answer.Accept(StreamEvent.ToolCall(index, EscapedText.From(call.Id), EscapedText.From(call.Name), EscapedText.From(call.Arguments)));
        }

        answer.Accept(StreamEvent.Finished(calls.Count > 0 && Finish is not FinishReason.Length ? FinishReason.ToolCalls : Finish, _stopSequence));
    }

    private void Add(scoped in StreamEvent piece)
    {
        if (!_calls.TryGetValue(piece.ToolIndex, out var call))
        {
            IsEnough = IsEnough || (_calls.Count > 0 && isEnough(Calls));
            _calls[piece.ToolIndex] = call = new Call();
        }

        if (!piece.ToolId.IsEmpty)
        {
            call.Id = EscapedText.ToText(piece.ToolId);
        }

        if (!piece.ToolName.IsEmpty)
        {
            call.Name = EscapedText.ToText(piece.ToolName);
        }

        call.Arguments.Write(piece.Text);
    }

    private sealed class Call
    {
        public string? Id { get; set; }

        public string Name { get; set; } = "";

        public ArrayBufferWriter<byte> Arguments { get; } = new();

        public HeldCall Whole => new(Id ??= ToolCallAssembler.NewId(), Name, EscapedText.ToText(Arguments.WrittenSpan));
    }
}

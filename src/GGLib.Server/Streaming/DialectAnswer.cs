namespace GGLib.Server.Streaming;

/// <summary>A dialect's writer: keeps what is the same in all of them, namely why the answer ended, what was counted, and whether the engine failed. For one answer; not thread-safe.</summary>
internal abstract class DialectAnswer : IAnswer
{
    private long _pieces;
    private TokenUsage _usage;

    public FinishReason Finish { get; private set; }

    public string? EngineError { get; private set; }

    public int EngineErrorStatus { get; private set; }

    public long GeneratedTokens => _usage.GeneratedTokens ?? _pieces;

    public TokenUsage Usage => _usage;

    public void Accept(scoped in StreamEvent piece)
    {
        switch (piece.Kind)
        {
            case StreamEventKind.Finish:
                Finish = piece.Finish;
                break;
            case StreamEventKind.Usage:
                _usage = _usage.With(piece.Usage);
                break;
            case StreamEventKind.Error:
                EngineError = EscapedText.ToText(piece.Text);
                EngineErrorStatus = piece.Status;
                break;
            case StreamEventKind.Content or StreamEventKind.Reasoning:
                _pieces++;
                Take(piece);
                break;
            default:
                Take(piece);
                break;
        }
    }

    /// <summary>Takes a piece of the answer itself.</summary>
    protected abstract void Take(scoped in StreamEvent piece);
}

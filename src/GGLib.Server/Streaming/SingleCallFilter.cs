using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>Drops every tool call of an answer but the first: for requests that forbid several calls at once, which the engine does not enforce. For one answer; not thread-safe.</summary>
/// <param name="answer">Receives the rest.</param>
internal sealed class SingleCallFilter(IAnswer answer) : IAnswer
{
    public FinishReason Finish => answer.Finish;

    public string? EngineError => answer.EngineError;

    public int EngineErrorStatus => answer.EngineErrorStatus;

    public long GeneratedTokens => answer.GeneratedTokens;

    public TokenUsage Usage => answer.Usage;

    public void Accept(scoped in StreamEvent piece)
    {
        if (piece is not { Kind: StreamEventKind.ToolCallFragment, ToolIndex: > 0 })
        {
            answer.Accept(piece);
        }
    }
}

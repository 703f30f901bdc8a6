using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>Gives each of the answers to one request, whose pieces arrive interleaved, a reader of its own. For one answer; not thread-safe.</summary>
/// <param name="answer">Receives the pieces of all answers.</param>
/// <param name="reader">Wraps the writer of one answer with its reader.</param>
internal sealed class ChoiceReaders(IAnswer answer, Func<IAnswer, IAnswer> reader) : IAnswer
{
    private readonly Dictionary<int, IAnswer> _readers = [];

    public FinishReason Finish => answer.Finish;

    public string? EngineError => answer.EngineError;

    public int EngineErrorStatus => answer.EngineErrorStatus;

    public long GeneratedTokens => answer.GeneratedTokens;

    public TokenUsage Usage => answer.Usage;

    public void Accept(scoped in StreamEvent piece)
    {
        if (!_readers.TryGetValue(piece.Choice, out var one))
        {
            _readers[piece.Choice] = one = reader(new Choice(answer, piece.Choice));
        }

        one.Accept(piece);
    }

    /// <summary>Marks the pieces that a reader makes with the number of its answer.</summary>
    private sealed class Choice(IAnswer answer, int index) : IAnswer
    {
        public FinishReason Finish => answer.Finish;

        public string? EngineError => answer.EngineError;

        public int EngineErrorStatus => answer.EngineErrorStatus;

        public long GeneratedTokens => answer.GeneratedTokens;

        public TokenUsage Usage => answer.Usage;

        public void Accept(scoped in StreamEvent piece) => answer.Accept(piece with { Choice = index });
    }
}

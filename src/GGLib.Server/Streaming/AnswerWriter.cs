using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>
/// Writes a model's answer in a dialect's form to the buffer given to its constructor, streamed or as one object. The base keeps what is the same in all dialects: why the answer ended, its token
/// counts, and the engine's failure. The pipeline calls <see cref="Begin"/>, then <see cref="Accept"/> for each event, then <see cref="Complete"/>, or <see cref="Fail"/> when the answer
/// breaks off. For one answer; not thread-safe.
/// </summary>
internal abstract class AnswerWriter : IAnswer
{
    private long _pieces;
    private TokenUsage _usage;

    public FinishReason Finish { get; private set; }

    /// <summary>The stop sequence that ended the answer; null when none did or the engine does not report it.</summary>
    public string? StopSequence { get; private set; }

    public string? EngineError { get; private set; }

    public int EngineErrorStatus { get; private set; }

    public long GeneratedTokens => _usage.GeneratedTokens ?? _pieces;

    public TokenUsage Usage => _usage;

    /// <summary>Whether anything was written: from then on an error cannot change the HTTP status.</summary>
    public bool HasOutput { get; protected set; }

    /// <summary>The answer's text so far, where <see cref="EscapedText"/> is kept for a writer that needs it again; else empty.</summary>
    public virtual string ContentText() => "";

    public void Accept(scoped in StreamEvent piece)
    {
        switch (piece.Kind)
        {
            case StreamEventKind.Finish:
                Finish = piece.Finish;
                StopSequence = piece.Text.IsEmpty ? StopSequence : EscapedText.ToText(piece.Text);
                Take(piece);
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

    /// <summary>Writes what a stream starts with. Called once, before any event, when the engine has accepted the request, or earlier when the client waits for long. Writes nothing in most dialects.</summary>
    public virtual void Begin()
    {
    }

    /// <summary>Writes a sign of life into a stream that waits for its next event: a comment, or the dialect's ping. Called after <see cref="Begin"/>. Writes nothing in dialects that have none.</summary>
    public virtual void Ping()
    {
    }

    /// <summary>Writes the last events of a stream, or the whole object.</summary>
    /// <returns>Null; or why the answer cannot be completed, in which case nothing was written.</returns>
    public abstract InferenceFailure? Complete(in AnswerTiming timing);

    /// <summary>Ends a stream that has output with the dialect's error event. Not called for an answer that is one object.</summary>
    public abstract void Fail(InferenceFailure failure);

    /// <summary>Takes a piece of the answer itself: every kind of event but usage and errors, which the base keeps.</summary>
    protected abstract void Take(scoped in StreamEvent piece);
}

using System.Text;
using System.Text.Json;
using GGLib.Server.Json;
using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>
/// Reads an answer whose whole text is one tool call, <c>{"name": …, "arguments": {…}}</c>, and passes it on as the fragments of a tool call while the model still writes the arguments. For one answer; not thread-safe.
/// </summary>
/// <param name="answer">The dialect's writer.</param>
internal sealed class ForcedCallReader(IAnswer answer) : IAnswer
{
    private readonly StringBuilder _head = new();
    private JsonBalance _balance;
    private bool _hasBegun;
    private bool _isComplete;

    public FinishReason Finish => answer.Finish;

    public string? EngineError => answer.EngineError;

    public int EngineErrorStatus => answer.EngineErrorStatus;

    public long GeneratedTokens => answer.GeneratedTokens;

    public TokenUsage Usage => answer.Usage;

    public void Accept(scoped in StreamEvent piece)
    {
        switch (piece.Kind)
        {
            case StreamEventKind.Content when !piece.Text.IsEmpty:
                Read(EscapedText.ToText(piece.Text));
                break;
            case StreamEventKind.Content:
                break;
            case StreamEventKind.Finish:
                answer.Accept(_isComplete && piece.Finish is FinishReason.Stop ? StreamEvent.Finished(FinishReason.ToolCalls) : piece);
                break;
            default:
                answer.Accept(piece);
                break;
        }
    }

    private void Read(string text)
    {
        if (_hasBegun)
        {
            PassArguments(text);
            return;
        }

        _head.Append(text);
        if (Begin(_head.ToString()) is { } head)
        {
            _hasBegun = true;
            answer.Accept(StreamEvent.ToolCall(0, Encoding.ASCII.GetBytes(ToolCallAssembler.NewId()), EscapedText.From(head.Name), []));
            PassArguments(head.Arguments);
        }
    }

    private void PassArguments(string text)
    {
        if (_isComplete)
        {
            return;
        }

        var length = _balance.Read(text);
        _isComplete = _balance.IsClosed;
        if (length > 0)
        {
            answer.Accept(StreamEvent.ToolCall(0, [], [], EscapedText.From(text[..length])));
        }
    }

    /// <summary>Returns the tool's name and the beginning of its arguments; null while either is incomplete.</summary>
    private static (string Name, string Arguments)? Begin(string head)
    {
        var bytes = Encoding.UTF8.GetBytes(head);
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
        try
        {
            string? name = null;
            while (reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.String, CurrentDepth: 1 })
                {
                    name = reader.GetString();
                }
                else if (reader is { TokenType: JsonTokenType.StartObject, CurrentDepth: 1 })
                {
                    return name is null ? null : (name, Encoding.UTF8.GetString(bytes.AsSpan((int)reader.TokenStartIndex)));
                }
            }
        }
        catch (JsonException)
        {
            // The grammar rules this out. Without a call the answer ends as the engine ends it.
        }

        return null;
    }
}

using System.Buffers;
using System.Text;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>
/// Writes an answer as a response object, or as the events of a stream. Source: the types of OpenAI's published packages, whose collectors reject a text event whose item and part were not
/// announced, and event types that they do not know. One item is open at a time. For one answer; not thread-safe.
/// </summary>
internal sealed class ResponsesWriter : AnswerWriter
{
    private const string ServerError = "server_error";
    private const string InvalidPrompt = "invalid_prompt";
    private const string RateLimit = "rate_limit_exceeded";

    private readonly IBufferWriter<byte> _output;
    private readonly ResponsesEcho _echo;
    private readonly ServerEvents? _events;
    private readonly TimeProvider _time;
    private readonly ResponseIds _ids;
    private readonly ResponseObject _response;
    private readonly ResponseStore _store;
    private readonly int? _topLogprobs;
    private readonly List<OutputItem> _items = [];
    private readonly HashSet<int> _toolIndexes = [];
    private readonly ArrayBufferWriter<byte> _logprobs = new();
    private OutputItem? _open;
    private MessageItem? _message;
    private int _toolIndex;
    private long _reasoningTokens;
    private InferenceFailure? _broken;

    /// <param name="output">Where the answer goes.</param>
    /// <param name="echo">What the request's reader kept for the answer.</param>
    /// <param name="streaming">Events as the model writes, or one object.</param>
    /// <param name="topLogprobs">The number of alternatives that a token's log probabilities list; null when none were asked for.</param>
    /// <param name="time">The clock of <c>created_at</c>.</param>
    /// <param name="ids">The ids of the response and its items.</param>
    /// <param name="store">Where the response is stored if the request asks for it.</param>
    public ResponsesWriter(IBufferWriter<byte> output, ResponsesEcho echo, bool streaming, int? topLogprobs, TimeProvider time, ResponseIds ids, ResponseStore store)
    {
        _output = output;
        _echo = echo;
        _events = streaming ? new ServerEvents(output) : null;
        _topLogprobs = topLogprobs;
        _time = time;
        _ids = ids;
        _store = store;
        _response = new(ids.Response, echo.Compose(), time.GetUtcNow().ToUnixTimeSeconds());
    }

    public override string ContentText() => string.Concat(_items.OfType<MessageItem>().Select(static item => EscapedText.ToText(item.Text)));

    public override void Begin()
    {
        if (_events is not null)
        {
            WriteInProgress("response.created"u8);
            WriteInProgress("response.in_progress"u8);
            HasOutput = true;
        }
    }

    /// <summary>
    /// Before the first item <c>response.in_progress</c> is written again: Codex gives up on a stream without events for its idle limit, and comments do not count for it. Later it is a comment:
    /// collectors of published clients replace what they have by the event's response.
    /// </summary>
    public override void Ping()
    {
        if (_events is null)
        {
            return;
        }

        if (_items.Count == 0)
        {
            WriteInProgress("response.in_progress"u8);
        }
        else
        {
            _events.Comment();
        }
    }

    public override InferenceFailure? Complete(in AnswerTiming timing)
    {
        if (_broken is not null)
        {
            return _broken;
        }

        var truncated = Finish is FinishReason.Length;
        CloseItem(truncated);
        if (_items.Count == 0 || (!truncated && _items.TrueForAll(static item => item is ReasoningItem)))
        {
            Open(_message = new(_events, NextId("msg"), _items.Count));
            CloseItem(truncated);
        }

        var response = new ArrayBufferWriter<byte>(4096);
        _response.WriteEnded(response, _items, truncated, Usage, GeneratedTokens, _reasoningTokens, _time.GetUtcNow().ToUnixTimeSeconds());
        if (_echo.StoredInput is { } input)
        {
            // Before the client learns of its end: it may refer to it at once.
            _store.Add(new StoredResponse(Encoding.ASCII.GetString(_ids.Response), response.WrittenSpan.ToArray(), input, [.. _items.Select(Stored)]));
        }

        var output = _events is null ? _output : BeginLifecycle(truncated ? "response.incomplete"u8 : "response.completed"u8);
        output.Write(response.WrittenSpan);
        _events?.End();
        HasOutput = true;
        return null;
    }

    public override void Fail(InferenceFailure failure)
    {
        if (_events is null)
        {
            return;
        }

        _open?.Abandon();
        var code = OpenAIErrors.CodeOf(failure) ?? (OpenAIErrors.StatusOf(failure) < 500 ? InvalidPrompt : ServerError);
        var message = code is RateLimit && failure.RetryAfterSeconds is { } seconds ? $"{failure.Message.TrimEnd('.')}. Please try again in {seconds}s." : failure.Message;
        _response.WriteFailed(BeginLifecycle("response.failed"u8), _items, code, message);
        _events.End();
        HasOutput = true;
    }

    protected override void Take(scoped in StreamEvent piece)
    {
        switch (piece.Kind)
        {
            case StreamEventKind.Content when !piece.Text.IsEmpty:
                AddText(piece.Text);
                break;
            case StreamEventKind.Reasoning when !piece.Text.IsEmpty:
                _reasoningTokens++;
                _logprobs.ResetWrittenCount();
                AddReasoning(piece.Text);
                break;
            case StreamEventKind.ToolCallFragment:
                _logprobs.ResetWrittenCount();
                AddCall(piece);
                break;
            case StreamEventKind.Logprobs when _topLogprobs is { } top:
                OutputLogprobs.Append(_logprobs, piece.Text, top);
                break;
        }
    }

    private static StoredItem Stored(OutputItem item)
    {
        var json = new ArrayBufferWriter<byte>();
        item.Write(json);
        return new(Encoding.ASCII.GetString(item.Id), json.WrittenSpan.ToArray());
    }

    private void AddText(ReadOnlySpan<byte> text)
    {
        if (_message is null)
        {
            Open(_message = new(_events, NextId("msg"), _items.Count));
        }

        _message.Append(text, _logprobs.WrittenSpan);
        _logprobs.ResetWrittenCount();
        HasOutput |= _events is not null;
    }

    private void AddReasoning(ReadOnlySpan<byte> text)
    {
        if (_open is not ReasoningItem item)
        {
            item = new(_events, NextId("rs"), _items.Count, _echo.HasSummary, _echo.HasEncryptedThinking);
            Open(item);
        }

        item.Append(text);
    }

    private void AddCall(scoped in StreamEvent piece)
    {
        if (_open is ToolCallItem open && _toolIndex == piece.ToolIndex)
        {
            open.Append(piece.Text);
            return;
        }

        if (!_toolIndexes.Add(piece.ToolIndex))
        {
            // Its item is closed, and a client may have run the call already.
            _broken ??= new InferenceFailure.EngineFailed("the engine continued a tool call after it had started the next part of the answer");
            return;
        }

        var name = EscapedText.ToText(piece.ToolName);
        var tool = _echo.Tools.TryGetValue(name, out var declared) ? declared : new(name, null, IsCustom: false);
        var item = new ToolCallItem(_events, NextId(tool.IsCustom ? "ctc" : "fc"), _items.Count, CallId(piece.ToolId), tool);
        Open(item);
        _toolIndex = piece.ToolIndex;
        item.Append(piece.Text);
    }

    // Clients reject two calls with the same id.
    private byte[] CallId(ReadOnlySpan<byte> given)
    {
        var isUsable = !given.IsEmpty;
        foreach (var item in _items)
        {
            isUsable &= item is not ToolCallItem call || !call.CallId.SequenceEqual(given);
        }

        return isUsable ? given.ToArray() : NextId("call");
    }

    private byte[] NextId(string kind) => _ids.Item(kind, _items.Count);

    private void Open(OutputItem item)
    {
        CloseItem(truncated: false);
        _message = item as MessageItem;
        _items.Add(item);
        _open = item;
        item.Open();
        HasOutput |= _events is not null;
    }

    private void CloseItem(bool truncated)
    {
        _open?.Close(truncated);
        _open = null;
        _message = null;
    }

    private void WriteInProgress(ReadOnlySpan<byte> type)
    {
        _response.WriteInProgress(BeginLifecycle(type));
        _events!.End();
    }

    private IBufferWriter<byte> BeginLifecycle(ReadOnlySpan<byte> type)
    {
        var output = _events!.Begin(type);
        output.Write(",\"response\":"u8);
        return output;
    }
}

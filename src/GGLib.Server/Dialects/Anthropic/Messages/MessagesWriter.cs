using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>
/// Writes an answer as Anthropic's <c>Message</c> object or as its stream of events. Source: Anthropic's published SDK types and streaming documentation. A stream has one content block open
/// at a time, and indexes rise: what arrives while a tool call's arguments are incomplete is kept until they are complete. For one answer; not thread-safe.
/// </summary>
internal sealed class MessagesWriter : AnswerWriter
{
    // Clients send a thinking block back only when it has a signature. It means nothing here: any signature is accepted.
    private const string Signature = "Z2dsaWI=";

    private readonly IBufferWriter<byte> _output;
    private readonly InferenceRequest _request;
    private readonly string _requestId;
    private readonly string _id = "msg_" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 24);

    // All blocks of an object; of a stream, those that wait for the end of a tool call.
    private readonly List<AnswerBlock> _kept = [];
    private readonly HashSet<int> _calls = [];
    private AnswerBlock? _open;
    private byte[] _head = [];
    private int _nextIndex;
    private bool _isStarted;

    /// <param name="output">Where the answer goes.</param>
    /// <param name="request">The request as the reader returned it.</param>
    /// <param name="requestId">The value of the response header <c>request-id</c>.</param>
    public MessagesWriter(IBufferWriter<byte> output, InferenceRequest request, string requestId)
    {
        _output = output;
        _request = request;
        _requestId = requestId;
    }

    private static ReadOnlySpan<byte> Tail => "\"}}\n\n"u8;

    // Only one block may be open, and a closed one cannot be continued.
    private bool MustWait => _open is { IsUnfinishedCall: true };

    /// <inheritdoc/>
    /// <remarks>The stream's first event has the prompt's token counts, so it is written only when they are known.</remarks>
    public override void Ping()
    {
        if (!_request.Stream)
        {
            return;
        }

        if (Usage.PromptTokens is not null)
        {
            Start();
        }

        HasOutput = true;
        _output.Write("event: ping\ndata: {\"type\":\"ping\"}\n\n"u8);
    }

    /// <inheritdoc/>
    public override InferenceFailure? Complete(in AnswerTiming timing)
    {
        if (_request.Stream)
        {
            End();
        }
        else
        {
            WriteObject();
        }

        HasOutput = true;
        return null;
    }

    /// <inheritdoc/>
    public override void Fail(InferenceFailure failure)
    {
        HasOutput = true;
        _output.Write("event: error\ndata: "u8);
        _output.Write(AnthropicErrors.Compose(failure, _requestId));
        _output.Write("\n\n"u8);
    }

    protected override void Take(scoped in StreamEvent piece)
    {
        if (piece.Choice != 0)
        {
            return;
        }

        switch (piece.Kind)
        {
            case StreamEventKind.Content when !piece.Text.IsEmpty:
                TakeText(AnswerBlockKind.Text, piece.Text);
                break;
            case StreamEventKind.Reasoning when !piece.Text.IsEmpty:
                TakeText(AnswerBlockKind.Thinking, piece.Text);
                break;
            case StreamEventKind.ToolCallFragment:
                TakeCall(piece);
                break;
        }
    }

    private void TakeText(AnswerBlockKind kind, ReadOnlySpan<byte> text)
    {
        if (_open is { } open && open.Kind == kind)
        {
            WriteDelta(text);
        }
        else if (!_request.Stream || MustWait)
        {
            if (_kept is not [.., var last] || last.Kind != kind)
            {
                _kept.Add(last = new AnswerBlock(kind));
            }

            last.Keep(text);
        }
        else
        {
            Open(new AnswerBlock(kind));
            WriteDelta(text);
        }
    }

    private void TakeCall(scoped in StreamEvent fragment)
    {
        var isFirst = _calls.Add(fragment.ToolIndex);
        if (isFirst && _request.Stream && !MustWait)
        {
            Open(AnswerBlock.OfCall(fragment));
        }
        else if (isFirst)
        {
            _kept.Add(AnswerBlock.OfCall(fragment));
        }

        if (_open?.ToolIndex == fragment.ToolIndex)
        {
            WriteInput(_open.TakeInput(fragment.Text));
            WriteKept(isEnd: false);
        }
        else if (Find(fragment.ToolIndex) is { } call)
        {
            call.Keep(call.TakeInput(fragment.Text));
        }
    }

    private AnswerBlock? Find(int toolIndex)
    {
        foreach (var block in _kept)
        {
            if (block.ToolIndex == toolIndex)
            {
                return block;
            }
        }

        return null;
    }

    /// <summary>Writes the blocks that waited, up to the next unfinished call, which stays open.</summary>
    private void WriteKept(bool isEnd)
    {
        var written = 0;
        while (written < _kept.Count && (isEnd || !MustWait))
        {
            var block = _kept[written++];
            Open(block);
            if (block.Kind is AnswerBlockKind.ToolUse)
            {
                WriteInput(block.Kept);
            }
            else
            {
                WriteDelta(block.Kept);
            }
        }

        _kept.RemoveRange(0, written);
    }

    private void Start()
    {
        if (_isStarted)
        {
            return;
        }

        _isStarted = HasOutput = true;
        _output.Write("event: message_start\ndata: {\"type\":\"message_start\",\"message\":"u8);
        WriteMessageHead();
        _output.Write("],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":"u8);
        WriteUsage(0);
        _output.Write("}}\n\n"u8);
    }

    private void Open(AnswerBlock block)
    {
        Start();
        Close();
        var index = _nextIndex++;
        _open = block;
        Write($"event: content_block_start\ndata: {{\"type\":\"content_block_start\",\"index\":{index},\"content_block\":{{\"type\":\"");
        switch (block.Kind)
        {
            case AnswerBlockKind.Text:
                _output.Write("text\",\"text\":\"\"}}\n\n"u8);
                break;
            case AnswerBlockKind.Thinking:
                _output.Write("thinking\",\"thinking\":\"\",\"signature\":\"\"}}\n\n"u8);
                break;
            default:
                _output.Write("tool_use\",\"id\":\""u8);
                _output.Write(block.Id);
                _output.Write("\",\"name\":\""u8);
                _output.Write(block.Name);
                _output.Write("\",\"input\":{},\"caller\":{\"type\":\"direct\"}}}\n\n"u8);
                break;
        }

        var delta = block.Kind switch
        {
            AnswerBlockKind.Text => "text_delta\",\"text",
            AnswerBlockKind.Thinking => "thinking_delta\",\"thinking",
            _ => "input_json_delta\",\"partial_json",
        };
        _head = Encoding.UTF8.GetBytes($"event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":{index},\"delta\":{{\"type\":\"{delta}\":\"");
    }

    private void Close()
    {
        if (_open is not { } open)
        {
            return;
        }

        var index = _nextIndex - 1;
        if (open.Kind is AnswerBlockKind.Thinking)
        {
            Write($"event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":{index},\"delta\":{{\"type\":\"signature_delta\",\"signature\":\"{Signature}\"}}}}\n\n");
        }
        else if (open is { Kind: AnswerBlockKind.ToolUse, HasInput: false })
        {
            // A call without arguments: clients parse the joined pieces, and an empty text is not JSON.
            WriteDelta("{}"u8);
        }

        Write($"event: content_block_stop\ndata: {{\"type\":\"content_block_stop\",\"index\":{index}}}\n\n");
        _open = null;
    }

    private void WriteInput(ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty)
        {
            WriteDelta(text);
        }
    }

    // The token path: no allocation, one span.
    private void WriteDelta(ReadOnlySpan<byte> text)
    {
        var head = _head.AsSpan();
        var length = head.Length + text.Length + Tail.Length;
        var line = _output.GetSpan(length);
        head.CopyTo(line);
        text.CopyTo(line[head.Length..]);
        Tail.CopyTo(line[(head.Length + text.Length)..]);
        _output.Advance(length);
    }

    private void End()
    {
        WriteKept(isEnd: true);
        if (_nextIndex == 0)
        {
            // Many clients read the first block's text without a check, and the final-text helpers of the SDKs throw when there is none.
            Open(new AnswerBlock(AnswerBlockKind.Text));
        }

        Close();
        _output.Write("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{"u8);
        WriteStop();
        _output.Write("},\"usage\":"u8);
        WriteUsage(GeneratedTokens);
        _output.Write("}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8);
    }

    private void WriteObject()
    {
        WriteMessageHead();
        if (_kept.Count == 0)
        {
            _kept.Add(new AnswerBlock(AnswerBlockKind.Text));
        }

        for (var index = 0; index < _kept.Count; index++)
        {
            _output.Write(index == 0 ? ""u8 : ","u8);
            WriteBlock(_kept[index]);
        }

        _output.Write("],"u8);
        WriteStop();
        _output.Write(",\"usage\":"u8);
        WriteUsage(GeneratedTokens);
        _output.Write("}"u8);
    }

    private void WriteBlock(AnswerBlock block)
    {
        switch (block.Kind)
        {
            case AnswerBlockKind.Text:
                _output.Write("{\"type\":\"text\",\"text\":\""u8);
                _output.Write(block.Kept);
                _output.Write("\"}"u8);
                break;
            case AnswerBlockKind.Thinking:
                _output.Write("{\"type\":\"thinking\",\"thinking\":\""u8);
                _output.Write(block.Kept);
                Write($"\",\"signature\":\"{Signature}\"}}");
                break;
            default:
                _output.Write("{\"type\":\"tool_use\",\"id\":\""u8);
                _output.Write(block.Id);
                _output.Write("\",\"name\":\""u8);
                _output.Write(block.Name);
                Write($"\",\"input\":{block.Input()},\"caller\":{{\"type\":\"direct\"}}}}");
                break;
        }
    }

    private void WriteMessageHead()
    {
        Write($"{{\"id\":\"{_id}\",\"type\":\"message\",\"role\":\"assistant\",\"model\":");
        _output.Write(WireJson.Quote(_request.Model));
        _output.Write(",\"content\":["u8);
    }

    private void WriteStop()
    {
        // A stop sequence from the model's own parameters is not reported: the client did not send it.
        var sequence = StopSequence is { } met && _request.Options.Stop?.Contains(met) is true ? met : null;
        var reason = Finish is FinishReason.Length ? "max_tokens" : sequence is not null ? "stop_sequence" : _calls.Count > 0 ? "tool_use" : "end_turn";
        Write($"\"stop_reason\":\"{reason}\",\"stop_sequence\":");
        _output.Write(reason is "stop_sequence" ? WireJson.Quote(sequence!) : "null"u8);
    }

    private void WriteUsage(long generated)
    {
        var cached = Usage.CachedTokens ?? 0;
        var prompt = Math.Max(0, (Usage.PromptTokens ?? 0) - cached);
        Write($"{{\"input_tokens\":{prompt},\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":{cached},\"output_tokens\":{generated}}}");
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, _output);
}

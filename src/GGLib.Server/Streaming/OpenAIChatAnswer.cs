using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace GGLib.Server.Streaming;

/// <summary>
/// Writes a model's answer in the form of OpenAI's chat completions, for the few requests whose answer cannot be the engine's own bytes: events as the pieces
/// come, or one object at the end. Tool calls are written to a stream only. For one answer; not thread-safe.
/// </summary>
internal sealed class OpenAIChatAnswer : IRetoldAnswer
{
    private readonly IBufferWriter<byte> _output;
    private readonly string _model;
    private readonly bool _streaming;
    private readonly bool _includeUsage;
    private readonly string _id = "chatcmpl-" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 32);
    private readonly long _created;
    private readonly ToolCallAssembler _toolCalls = new();
    private readonly ArrayBufferWriter<byte> _content = new();
    private readonly ArrayBufferWriter<byte> _reasoning = new();
    private readonly ArrayBufferWriter<byte> _logprobs = new();
    private TokenUsage _usage;
    private long _pieces;

    /// <param name="output">Where the answer goes.</param>
    /// <param name="model">The model's name as the client wrote it.</param>
    /// <param name="streaming">Events as they come, or one object.</param>
    /// <param name="includeUsage">Whether a stream ends with an event of counts; one object always has them.</param>
    /// <param name="time">The clock of <c>created</c>.</param>
    public OpenAIChatAnswer(IBufferWriter<byte> output, string model, bool streaming, bool includeUsage, TimeProvider time)
    {
        _output = output;
        _model = model;
        _streaming = streaming;
        _includeUsage = includeUsage;
        _created = time.GetUtcNow().ToUnixTimeSeconds();
    }

    /// <summary>Whether anything was written: from then on an error cannot change the status.</summary>
    public bool HasOutput { get; private set; }

    public FinishReason Finish { get; private set; }

    public string? EngineError { get; private set; }

    public int EngineErrorStatus { get; private set; }

    public long GeneratedTokens => _usage.GeneratedTokens ?? _pieces;

    public TokenUsage Usage => _usage;

    public void Accept(scoped in StreamEvent piece)
    {
        switch (piece.Kind)
        {
            case StreamEventKind.Content:
                Take(piece.Text, "content"u8, _content);
                break;
            case StreamEventKind.Reasoning:
                Take(piece.Text, "reasoning_content"u8, _reasoning, "reasoning"u8);
                break;
            case StreamEventKind.ToolCallFragment when _streaming:
                WriteDelta("tool_calls"u8, Fragment(piece));
                break;
            case StreamEventKind.ToolCallFragment:
                _toolCalls.Add(piece);
                break;
            case StreamEventKind.Logprobs:
                if (_logprobs.WrittenCount > 0)
                {
                    _logprobs.Write(","u8);
                }

                // Without its brackets: one chunk's entries may come in several pieces.
                _logprobs.Write(piece.Text[1..^1]);
                break;
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
        }
    }

    /// <summary>Writes the last events, or the whole object.</summary>
    public void Complete()
    {
        if (!_streaming)
        {
            using var whole = new Utf8JsonWriter(_output, WireJson.Options);
            WriteHead(whole, "chat.completion"u8);
            WriteWholeChoice(whole);
            WriteUsage(whole);
            whole.WriteEndObject();
            HasOutput = true;
            return;
        }

        WriteDelta(default, default, finish: FinishText);
        if (_includeUsage)
        {
            _output.Write("data: "u8);
            using (var writer = new Utf8JsonWriter(_output, WireJson.Options))
            {
                WriteHead(writer, "chat.completion.chunk"u8);
                writer.WriteStartArray("choices"u8);
                writer.WriteEndArray();
                WriteUsage(writer);
                writer.WriteEndObject();
            }

            _output.Write("\n\n"u8);
        }

        _output.Write("data: [DONE]\n\n"u8);
    }

    /// <summary>Ends a stream that has begun with an error event, without the mark of its end.</summary>
    public void Fail(ReadOnlySpan<byte> error)
    {
        _output.Write("data: "u8);
        _output.Write(error);
        _output.Write("\n\n"u8);
        HasOutput = true;
    }

    private string FinishText => Finish switch
    {
        FinishReason.Length => "length",
        FinishReason.ToolCalls => "tool_calls",
        _ => "stop",
    };

    private static byte[] Fragment(scoped in StreamEvent piece)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WireJson.Options))
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, piece.ToolIndex);
            if (!piece.ToolId.IsEmpty)
            {
                WriteEscaped(writer, "id"u8, piece.ToolId);
                writer.WriteString("type"u8, "function"u8);
            }

            writer.WriteStartObject("function"u8);
            if (!piece.ToolName.IsEmpty)
            {
                WriteEscaped(writer, "name"u8, piece.ToolName);
            }

            WriteEscaped(writer, "arguments"u8, piece.Text);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteEscaped(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> escaped)
    {
        writer.WritePropertyName(name);
        byte[] quoted = [(byte)'"', .. escaped, (byte)'"'];
        writer.WriteRawValue(quoted, skipInputValidation: true);
    }

    private void Take(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, ArrayBufferWriter<byte> whole, ReadOnlySpan<byte> otherName = default)
    {
        _pieces++;
        if (_streaming)
        {
            WriteDelta(name, [(byte)'"', .. text, (byte)'"'], otherName);
        }
        else
        {
            whole.Write(text);
        }
    }

    private void WriteDelta(ReadOnlySpan<byte> name, ReadOnlySpan<byte> json, ReadOnlySpan<byte> otherName = default, string? finish = null)
    {
        _output.Write("data: "u8);
        using (var writer = new Utf8JsonWriter(_output, WireJson.Options))
        {
            WriteHead(writer, "chat.completion.chunk"u8);
            writer.WriteStartArray("choices"u8);
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, 0);
            writer.WriteStartObject("delta"u8);
            if (!HasOutput)
            {
                writer.WriteString("role"u8, "assistant"u8);
            }

            if (!name.IsEmpty)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(json, skipInputValidation: true);
            }

            if (!otherName.IsEmpty)
            {
                writer.WritePropertyName(otherName);
                writer.WriteRawValue(json, skipInputValidation: true);
            }

            writer.WriteEndObject();
            WriteLogprobs(writer);
            writer.WriteString("finish_reason"u8, finish);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        _output.Write("\n\n"u8);
        HasOutput = true;
    }

    private void WriteHead(Utf8JsonWriter writer, ReadOnlySpan<byte> kind)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, _id);
        writer.WriteString("object"u8, kind);
        writer.WriteNumber("created"u8, _created);
        writer.WriteString("model"u8, _model);
    }

    private void WriteWholeChoice(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("choices"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, 0);
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        WriteEscaped(writer, "content"u8, _content.WrittenSpan);
        if (_reasoning.WrittenCount > 0)
        {
            WriteEscaped(writer, "reasoning_content"u8, _reasoning.WrittenSpan);
            WriteEscaped(writer, "reasoning"u8, _reasoning.WrittenSpan);
        }

        _toolCalls.WriteOpenAI(writer);
        writer.WriteEndObject();
        WriteLogprobs(writer);
        writer.WriteString("finish_reason"u8, FinishText);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private void WriteLogprobs(Utf8JsonWriter writer)
    {
        if (_logprobs.WrittenCount == 0)
        {
            return;
        }

        writer.WriteStartObject("logprobs"u8);
        writer.WriteStartArray("content"u8);
        writer.WriteRawValue(_logprobs.WrittenSpan, skipInputValidation: true);
        writer.WriteEndArray();
        writer.WriteEndObject();
        _logprobs.ResetWrittenCount();
    }

    private void WriteUsage(Utf8JsonWriter writer)
    {
        var prompt = _usage.PromptTokens ?? 0;
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, prompt);
        writer.WriteNumber("completion_tokens"u8, GeneratedTokens);
        writer.WriteNumber("total_tokens"u8, prompt + GeneratedTokens);
        writer.WriteEndObject();
    }
}

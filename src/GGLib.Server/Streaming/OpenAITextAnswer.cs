using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace GGLib.Server.Streaming;

/// <summary>
/// Writes a model's answer in the form of OpenAI's completions, for those that cannot be the engine's own bytes: events as the pieces come, or one object at the end.
/// For one answer; not thread-safe.
/// </summary>
internal sealed class OpenAITextAnswer : IRetoldAnswer
{
    private readonly IBufferWriter<byte> _output;
    private readonly string _model;
    private readonly bool _streaming;
    private readonly bool _includeUsage;
    private readonly string _id = "cmpl-" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 32);
    private readonly long _created;
    private readonly ArrayBufferWriter<byte> _text = new();
    private TokenUsage _usage;
    private long _pieces;

    /// <param name="output">Where the answer goes.</param>
    /// <param name="model">The model's name as the client wrote it.</param>
    /// <param name="streaming">Events as they come, or one object.</param>
    /// <param name="includeUsage">Whether a stream ends with an event of counts; one object always has them.</param>
    /// <param name="time">The clock of <c>created</c>.</param>
    public OpenAITextAnswer(IBufferWriter<byte> output, string model, bool streaming, bool includeUsage, TimeProvider time)
    {
        _output = output;
        _model = model;
        _streaming = streaming;
        _includeUsage = includeUsage;
        _created = time.GetUtcNow().ToUnixTimeSeconds();
    }

    /// <summary>Whether nothing is generated: the model was only loaded.</summary>
    public bool IsLoad { get; init; }

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
                _pieces++;
                if (_streaming)
                {
                    WriteEvent(piece.Text, finish: null);
                }
                else
                {
                    _text.Write(piece.Text);
                }

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

    public void Complete()
    {
        var finish = IsLoad ? "load" : Finish is FinishReason.Length ? "length" : "stop";
        if (!_streaming)
        {
            using var whole = new Utf8JsonWriter(_output, WireJson.Options);
            Write(whole, _text.WrittenSpan, finish, isCounted: true);
            HasOutput = true;
            return;
        }

        WriteEvent(default, finish);
        if (_includeUsage)
        {
            _output.Write("data: "u8);
            using (var writer = new Utf8JsonWriter(_output, WireJson.Options))
            {
                WriteHead(writer);
                writer.WriteStartArray("choices"u8);
                writer.WriteEndArray();
                WriteUsage(writer);
                writer.WriteEndObject();
            }

            _output.Write("\n\n"u8);
        }

        _output.Write("data: [DONE]\n\n"u8);
    }

    public void Fail(ReadOnlySpan<byte> error)
    {
        _output.Write("data: "u8);
        _output.Write(error);
        _output.Write("\n\n"u8);
        HasOutput = true;
    }

    private void WriteEvent(ReadOnlySpan<byte> text, string? finish)
    {
        _output.Write("data: "u8);
        using (var writer = new Utf8JsonWriter(_output, WireJson.Options))
        {
            Write(writer, text, finish, isCounted: false);
        }

        _output.Write("\n\n"u8);
        HasOutput = true;
    }

    private void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> text, string? finish, bool isCounted)
    {
        WriteHead(writer);
        writer.WriteStartArray("choices"u8);
        writer.WriteStartObject();
        writer.WritePropertyName("text"u8);
        byte[] quoted = [(byte)'"', .. text, (byte)'"'];
        writer.WriteRawValue(quoted, skipInputValidation: true);
        writer.WriteNumber("index"u8, 0);
        writer.WriteString("finish_reason"u8, finish);
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (isCounted)
        {
            WriteUsage(writer);
        }

        writer.WriteEndObject();
    }

    private void WriteHead(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, _id);
        writer.WriteString("object"u8, "text_completion"u8);
        writer.WriteNumber("created"u8, _created);
        writer.WriteString("model"u8, _model);
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

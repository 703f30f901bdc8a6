using System.Buffers;
using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>
/// Writes a model's answer in Ollama's form: NDJSON lines as the pieces arrive, or one object at the end. Source: Ollama's <c>docs/api.md</c>
/// and recorded exchanges. For one answer; not thread-safe.
/// </summary>
internal sealed class OllamaAnswer : AnswerWriter
{
    private readonly IBufferWriter<byte> _output;
    private readonly OllamaAnswerShape _shape;
    private readonly string _model;
    private readonly byte[] _head;
    private readonly TimeProvider _time;
    private readonly CreatedStamp _created;
    private readonly bool _streaming;
    private readonly int? _topLogprobs;
    private readonly ArrayBufferWriter<byte> _content = new();
    private readonly ArrayBufferWriter<byte> _reasoning = new();
    private readonly ArrayBufferWriter<byte> _logprobs = new();
    private readonly ToolCallAssembler _toolCalls = new();

    // A line whose length is only known when it is complete.
    private readonly ArrayBufferWriter<byte> _line = new();

    /// <param name="output">Where the answer goes.</param>
    /// <param name="shape">The form of the route.</param>
    /// <param name="model">The model's name as the client wrote it.</param>
    /// <param name="streaming">Whether lines are written as pieces arrive, rather than one object.</param>
    /// <param name="topLogprobs">The number of alternatives that a token's log probabilities list; null when none were asked for.</param>
    /// <param name="time">The clock of <c>created_at</c>.</param>
    public OllamaAnswer(IBufferWriter<byte> output, OllamaAnswerShape shape, string model, bool streaming, int? topLogprobs, TimeProvider time)
    {
        _output = output;
        _shape = shape;
        _model = model;
        _streaming = streaming;
        _topLogprobs = topLogprobs;
        _time = time;
        _created = new CreatedStamp(time);
        _head = [.. "{\"model\":"u8, .. WireJson.Quote(model), .. ",\"created_at\":\""u8];
    }

    /// <summary>Whether each line is written as a chunk of its own (<see cref="LineChunk"/>).</summary>
    public bool WritesChunks { get; init; }

    /// <summary>Whether streamed text is kept for <see cref="ContentText"/>.</summary>
    public bool KeepsContent { get; init; }

    public override string ContentText() => EscapedText.ToText(_content.WrittenSpan);

    protected override void Take(scoped in StreamEvent piece)
    {
        switch (piece.Kind)
        {
            case StreamEventKind.Content:
                Tell(piece.Text, _content, _shape.Content);
                break;
            case StreamEventKind.Reasoning:
                Tell(piece.Text, _reasoning, _shape.Thinking);
                break;
            case StreamEventKind.ToolCallFragment:
                _toolCalls.Add(piece);
                break;
            case StreamEventKind.Logprobs when _topLogprobs is { } top:
                LogprobsText.Append(_logprobs, piece.Text, top);
                break;
        }
    }

    public override InferenceFailure? Complete(in AnswerTiming timing)
    {
        if (!_toolCalls.TryAssemble(Finish, out var calls, out var error))
        {
            return new InferenceFailure.EngineFailed("an error was encountered while running the model: " + error);
        }

        using (var writer = new Utf8JsonWriter(_streaming ? _line : _output, WireJson.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("model"u8, _model);
            writer.WriteString("created_at"u8, OllamaTime.Created(_time));
            _shape.WriteText(writer, _streaming ? [] : _content.WrittenSpan, _reasoning.WrittenSpan, calls);
            writer.WriteBoolean("done"u8, true);
            writer.WriteString("done_reason"u8, Finish switch { FinishReason.Length => "length"u8, FinishReason.Load => "load"u8, FinishReason.Unload => "unload"u8, FinishReason.ToolCallLoop => "tool_call_loop"u8, _ => "stop"u8 });
            if (timing.Tokens is { } context)
            {
                writer.WriteStartArray("context"u8);
                foreach (var token in context)
                {
                    writer.WriteNumberValue(token);
                }

                writer.WriteEndArray();
            }

            if (_logprobs.WrittenCount > 0)
            {
                writer.WritePropertyName("logprobs"u8);
                WriteLogprobs(writer);
            }

            WritePositive(writer, "total_duration"u8, timing.TotalNanoseconds);
            WritePositive(writer, "load_duration"u8, timing.LoadNanoseconds);
            WritePositive(writer, "prompt_eval_count"u8, Usage.PromptTokens);
            WritePositive(writer, "prompt_eval_duration"u8, Usage.PromptNanoseconds);
            WritePositive(writer, "eval_count"u8, GeneratedTokens);
            // Clients divide by it.
            WritePositive(writer, "eval_duration"u8, Usage.GenerationNanoseconds is { } measured ? Math.Max(1, measured) : null);
            writer.WriteEndObject();
        }

        if (_streaming)
        {
            _line.Write("\n"u8);
            EndLine();
            End();
        }

        HasOutput = true;
        return null;
    }

    public override void Fail(InferenceFailure failure)
    {
        _line.ResetWrittenCount();
        _line.Write(OllamaErrors.Compose(OllamaErrors.MessageOf(failure)));
        _line.Write("\n"u8);
        EndLine();
        End();
        HasOutput = true;
    }

    private void EndLine()
    {
        if (WritesChunks)
        {
            LineChunk.Write(_output, _line.WrittenSpan);
        }
        else
        {
            _output.Write(_line.WrittenSpan);
        }

        _line.ResetWrittenCount();
    }

    private void End()
    {
        if (WritesChunks)
        {
            _output.Write(LineChunk.Last);
        }
    }

    private static void WritePositive(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value)
    {
        if (value > 0)
        {
            writer.WriteNumber(name, value.Value);
        }
    }

    private void Tell(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> whole, LineShape shape)
    {
        if (_streaming)
        {
            WriteLine(text, shape);
        }

        if (!_streaming || (KeepsContent && ReferenceEquals(whole, _content)))
        {
            whole.Write(text);
        }
    }

    private void WriteLine(ReadOnlySpan<byte> text, LineShape shape)
    {
        if (_logprobs.WrittenCount > 0)
        {
            WriteLineWithLogprobs(text, shape);
            return;
        }

        Span<byte> created = stackalloc byte[CreatedStamp.Longest];
        created = created[.._created.Write(created)];
        var size = _head.Length + created.Length + shape.Before.Length + text.Length + shape.After.Length;
        var line = _output.GetSpan(size + LineChunk.LongestHead + LineChunk.End.Length);
        var length = WritesChunks ? LineChunk.WriteHead(line, size) : 0;
        Put(_head, line, ref length);
        Put(created, line, ref length);
        Put(shape.Before, line, ref length);
        Put(text, line, ref length);
        Put(shape.After, line, ref length);
        if (WritesChunks)
        {
            Put(LineChunk.End, line, ref length);
        }

        _output.Advance(length);
        HasOutput = true;

        static void Put(ReadOnlySpan<byte> piece, Span<byte> line, ref int length)
        {
            piece.CopyTo(line[length..]);
            length += piece.Length;
        }
    }

    private void WriteLineWithLogprobs(ReadOnlySpan<byte> text, LineShape shape)
    {
        _line.Write(_head);
        _line.Advance(_created.Write(_line.GetSpan(CreatedStamp.Longest)));
        _line.Write(shape.Before);
        _line.Write(text);
        _line.Write(shape.BeforeLogprobs);
        using (var writer = new Utf8JsonWriter(_line, WireJson.Options))
        {
            WriteLogprobs(writer);
        }

        _line.Write("}\n"u8);
        _logprobs.ResetWrittenCount();
        EndLine();
        HasOutput = true;
    }

    private void WriteLogprobs(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        writer.WriteRawValue(_logprobs.WrittenSpan, skipInputValidation: true);
        writer.WriteEndArray();
    }
}

using System.Buffers;
using System.Text.Json;
using GGLib.Server.Json;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>An answer in the form of OpenAI's chat completions.</summary>
internal sealed class OpenAIChatAnswer(IBufferWriter<byte> output, string model, bool streaming, bool includeUsage, TimeProvider time)
    : OpenAIAnswer(output, model, streaming, includeUsage, time, "chatcmpl-", "chat.completion", "chat.completion.chunk")
{
    private readonly ToolCallAssembler _toolCalls = new();
    private readonly ArrayBufferWriter<byte> _content = new();
    private readonly ArrayBufferWriter<byte> _reasoning = new();
    private readonly ArrayBufferWriter<byte> _logprobs = new();

    private string FinishText => Finish switch
    {
        FinishReason.Length => "length",
        FinishReason.ToolCalls => "tool_calls",
        _ => "stop",
    };

    protected override void Take(scoped in StreamEvent piece)
    {
        switch (piece.Kind)
        {
            case StreamEventKind.Content:
                Tell(piece.Text, "content"u8, _content);
                break;
            case StreamEventKind.Reasoning:
                Tell(piece.Text, "reasoning_content"u8, _reasoning, "reasoning"u8);
                break;
            case StreamEventKind.ToolCallFragment when IsStreaming:
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
        }
    }

    protected override void WriteLast() => WriteDelta(default, default, finish: FinishText);

    protected override void WriteWholeChoice(Utf8JsonWriter writer)
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

    private void Tell(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, ArrayBufferWriter<byte> whole, ReadOnlySpan<byte> otherName = default)
    {
        if (IsStreaming)
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
        using (var writer = Begin())
        {
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

        End();
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
}

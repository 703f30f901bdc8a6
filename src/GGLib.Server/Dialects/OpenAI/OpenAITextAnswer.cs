using System.Buffers;
using System.Text.Json;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>An answer in the form of OpenAI's completions.</summary>
internal sealed class OpenAITextAnswer(IBufferWriter<byte> output, string model, bool streaming, bool includeUsage, TimeProvider time)
    : OpenAIAnswer(output, model, streaming, includeUsage, time, "cmpl-", "text_completion", "text_completion")
{
    private readonly ArrayBufferWriter<byte> _text = new();

    /// <summary>Whether nothing is generated: the model was only loaded.</summary>
    public bool IsLoad { get; init; }

    private string FinishText => IsLoad ? "load" : Finish is FinishReason.Length ? "length" : "stop";

    protected override void Take(scoped in StreamEvent piece)
    {
        if (piece.Kind is not StreamEventKind.Content)
        {
            return;
        }

        if (IsStreaming)
        {
            WriteEvent(piece.Text, finish: null);
        }
        else
        {
            _text.Write(piece.Text);
        }
    }

    protected override void WriteLast() => WriteEvent(default, FinishText);

    protected override void WriteWholeChoice(Utf8JsonWriter writer) => WriteChoice(writer, _text.WrittenSpan, FinishText);

    private void WriteEvent(ReadOnlySpan<byte> text, string? finish)
    {
        using (var writer = Begin())
        {
            WriteChoice(writer, text, finish);
            writer.WriteEndObject();
        }

        End();
    }

    private static void WriteChoice(Utf8JsonWriter writer, ReadOnlySpan<byte> text, string? finish)
    {
        writer.WriteStartArray("choices"u8);
        writer.WriteStartObject();
        WriteEscaped(writer, "text"u8, text);
        writer.WriteNumber("index"u8, 0);
        writer.WriteString("finish_reason"u8, finish);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}

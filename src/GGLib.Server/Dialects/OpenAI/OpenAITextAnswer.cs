using System.Buffers;
using System.Text.Json;
using GGLib.Server.Json;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>An answer in the form of OpenAI's completions.</summary>
internal sealed class OpenAITextAnswer(IBufferWriter<byte> output, string model, bool streaming, bool includeUsage, TimeProvider time)
    : OpenAIAnswer(output, model, streaming, includeUsage, time, OpenAIAnswerKind.Text)
{
    private readonly SortedDictionary<int, (ArrayBufferWriter<byte> Text, FinishReason Finish)> _choices = [];

    protected override void Take(scoped in StreamEvent piece)
    {
        var (text, finish) = ChoiceOf(piece.Choice);
        switch (piece.Kind)
        {
            case StreamEventKind.Content when IsStreaming:
                WriteEvent(piece.Choice, piece.Text, finish: null);
                break;
            case StreamEventKind.Content:
                text.Write(piece.Text);
                break;
            case StreamEventKind.Finish when finish is FinishReason.None:
                _choices[piece.Choice] = (text, piece.Finish);
                if (IsStreaming)
                {
                    WriteEvent(piece.Choice, default, FinishText(piece.Finish));
                }

                break;
        }
    }

    protected override void WriteMissingFinish()
    {
        if (ChoiceOf(0).Finish is FinishReason.None)
        {
            WriteEvent(0, default, FinishText(FinishReason.Stop));
        }
    }

    protected override void WriteWholeChoices(Utf8JsonWriter writer)
    {
        _ = ChoiceOf(0);
        writer.WriteStartArray("choices"u8);
        foreach (var (index, (text, finish)) in _choices)
        {
            WriteChoice(writer, index, text.WrittenSpan, FinishText(finish));
        }

        writer.WriteEndArray();
    }

    private static string FinishText(FinishReason finish) => finish switch { FinishReason.Load => "load", FinishReason.Unload => "unload", FinishReason.Length => "length", _ => "stop" };

    private static void WriteChoice(Utf8JsonWriter writer, int index, ReadOnlySpan<byte> text, string? finish)
    {
        writer.WriteStartObject();
        writer.WriteEscaped("text"u8, text);
        writer.WriteNumber("index"u8, index);
        writer.WriteString("finish_reason"u8, finish);
        writer.WriteEndObject();
    }

    private (ArrayBufferWriter<byte> Text, FinishReason Finish) ChoiceOf(int index)
    {
        if (!_choices.TryGetValue(index, out var choice))
        {
            _choices[index] = choice = (new(), FinishReason.None);
        }

        return choice;
    }

    private void WriteEvent(int index, ReadOnlySpan<byte> text, string? finish)
    {
        using (var writer = BeginEvent())
        {
            writer.WriteStartArray("choices"u8);
            WriteChoice(writer, index, text, finish);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        EndEvent();
    }
}

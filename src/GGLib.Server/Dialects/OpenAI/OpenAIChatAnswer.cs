using System.Buffers;
using System.Text.Json;
using GGLib.Server.Json;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>An answer in the form of OpenAI's chat completions.</summary>
internal sealed class OpenAIChatAnswer(IBufferWriter<byte> output, string model, bool streaming, bool includeUsage, TimeProvider time, ChatForm form)
    : OpenAIAnswer(output, model, streaming, includeUsage, time, OpenAIAnswerKind.Chat)
{
    private readonly SortedDictionary<int, Choice> _choices = [];

    protected override void Take(scoped in StreamEvent piece)
    {
        var choice = ChoiceOf(piece.Choice);
        switch (piece.Kind)
        {
            case StreamEventKind.Content when IsStreaming:
                WriteDelta(choice, "content"u8, [(byte)'"', .. piece.Text, (byte)'"']);
                break;
            case StreamEventKind.Content:
                choice.Content.Write(piece.Text);
                break;
            case StreamEventKind.Reasoning when IsStreaming:
                WriteDelta(choice, "reasoning_content"u8, [(byte)'"', .. piece.Text, (byte)'"'], "reasoning"u8);
                break;
            case StreamEventKind.Reasoning:
                choice.Reasoning.Write(piece.Text);
                break;
            case StreamEventKind.ToolCallFragment when IsStreaming && form is ChatForm.Functions:
                WriteDelta(choice, "function_call"u8, FunctionFragment(piece));
                break;
            case StreamEventKind.ToolCallFragment when IsStreaming:
                WriteDelta(choice, "tool_calls"u8, Fragment(piece));
                break;
            case StreamEventKind.ToolCallFragment:
                choice.ToolCalls.Add(piece);
                break;
            case StreamEventKind.Logprobs:
                if (choice.Logprobs.WrittenCount > 0)
                {
                    choice.Logprobs.Write(","u8);
                }

                // Without its brackets: the entries of one chunk may arrive in several pieces.
                choice.Logprobs.Write(piece.Text[1..^1]);
                break;
            case StreamEventKind.Finish:
                choice.Finish = piece.Finish;
                if (IsStreaming)
                {
                    WriteFinish(choice);
                }

                break;
        }
    }

    protected override void WriteMissingFinish()
    {
        if (!ChoiceOf(0).IsFinished)
        {
            WriteFinish(_choices[0]);
        }
    }

    protected override void WriteWholeChoices(Utf8JsonWriter writer)
    {
        _ = ChoiceOf(0);
        writer.WriteStartArray("choices"u8);
        foreach (var choice in _choices.Values)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, choice.Index);
            writer.WriteStartObject("message"u8);
            writer.WriteString("role"u8, "assistant"u8);
            writer.WriteEscaped("content"u8, choice.Content.WrittenSpan);
            if (choice.Reasoning.WrittenCount > 0)
            {
                writer.WriteEscaped("reasoning_content"u8, choice.Reasoning.WrittenSpan);
                writer.WriteEscaped("reasoning"u8, choice.Reasoning.WrittenSpan);
            }

            if (form is ChatForm.Functions)
            {
                choice.ToolCalls.WriteFunction(writer);
            }
            else
            {
                choice.ToolCalls.WriteOpenAI(writer);
            }

            writer.WriteEndObject();
            WriteLogprobs(writer, choice);
            writer.WriteString("finish_reason"u8, FinishText(choice.Finish));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private string FinishText(FinishReason finish) => finish switch
    {
        FinishReason.Length => "length",
        FinishReason.ToolCalls when form is ChatForm.Functions => "function_call",
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
                writer.WriteEscaped("id"u8, piece.ToolId);
                writer.WriteString("type"u8, "function"u8);
            }

            writer.WriteStartObject("function"u8);
            if (!piece.ToolName.IsEmpty)
            {
                writer.WriteEscaped("name"u8, piece.ToolName);
            }

            writer.WriteEscaped("arguments"u8, piece.Text);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] FunctionFragment(scoped in StreamEvent piece)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WireJson.Options))
        {
            writer.WriteStartObject();
            if (!piece.ToolName.IsEmpty)
            {
                writer.WriteEscaped("name"u8, piece.ToolName);
            }

            writer.WriteEscaped("arguments"u8, piece.Text);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private Choice ChoiceOf(int index)
    {
        if (!_choices.TryGetValue(index, out var choice))
        {
            _choices[index] = choice = new Choice(index);
        }

        return choice;
    }

    private void WriteFinish(Choice choice)
    {
        WriteDelta(choice, default, default, finish: FinishText(choice.Finish));
        choice.IsFinished = true;
    }

    private void WriteDelta(Choice choice, ReadOnlySpan<byte> name, ReadOnlySpan<byte> json, ReadOnlySpan<byte> otherName = default, string? finish = null)
    {
        using (var writer = BeginEvent())
        {
            writer.WriteStartArray("choices"u8);
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, choice.Index);
            writer.WriteStartObject("delta"u8);
            if (!choice.HasRole)
            {
                choice.HasRole = true;
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
            WriteLogprobs(writer, choice);
            writer.WriteString("finish_reason"u8, finish);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        EndEvent();
    }

    private static void WriteLogprobs(Utf8JsonWriter writer, Choice choice)
    {
        if (choice.Logprobs.WrittenCount == 0)
        {
            return;
        }

        writer.WriteStartObject("logprobs"u8);
        writer.WriteStartArray("content"u8);
        writer.WriteRawValue(choice.Logprobs.WrittenSpan, skipInputValidation: true);
        writer.WriteEndArray();
        writer.WriteEndObject();
        choice.Logprobs.ResetWrittenCount();
    }

    private sealed class Choice(int index)
    {
        public int Index => index;

        public bool HasRole { get; set; }

        public bool IsFinished { get; set; }

        public FinishReason Finish { get; set; }

        public ToolCallAssembler ToolCalls { get; } = new();

        public ArrayBufferWriter<byte> Content { get; } = new();

        public ArrayBufferWriter<byte> Reasoning { get; } = new();

        public ArrayBufferWriter<byte> Logprobs { get; } = new();
    }
}

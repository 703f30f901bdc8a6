using System.Text.Json;
using GGLib.Server.Json;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Where <c>/api/chat</c> and <c>/api/generate</c> put an answer's texts.</summary>
internal abstract class OllamaAnswerShape
{
    public static OllamaAnswerShape Chat { get; } = new ChatShape();

    public static OllamaAnswerShape Generate { get; } = new GenerateShape();

    public required LineShape Content { get; init; }

    public required LineShape Thinking { get; init; }

    /// <summary>Writes the texts of the last line, or of the whole object.</summary>
    public abstract void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> content, ReadOnlySpan<byte> thinking, ReadOnlySpan<byte> toolCalls);

    /// <summary>Writes the empty texts of a reply that has no answer.</summary>
    public abstract void WriteNothing(Utf8JsonWriter writer);

    private sealed class ChatShape : OllamaAnswerShape
    {
        [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
        public ChatShape()
        {
            Content = new LineShape(
                "\",\"message\":{\"role\":\"assistant\",\"content\":\""u8.ToArray(),
                "\"},\"done\":false}\n"u8.ToArray(),
                "\"},\"done\":false,\"logprobs\":"u8.ToArray());
            Thinking = new LineShape(
                "\",\"message\":{\"role\":\"assistant\",\"content\":\"\",\"thinking\":\""u8.ToArray(),
                Content.After,
                Content.BeforeLogprobs);
        }

        public override void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> content, ReadOnlySpan<byte> thinking, ReadOnlySpan<byte> toolCalls)
        {
            writer.WriteStartObject("message"u8);
            writer.WriteString("role"u8, "assistant"u8);
            writer.WriteEscaped("content"u8, content);
            if (!thinking.IsEmpty)
            {
                writer.WriteEscaped("thinking"u8, thinking);
            }

            if (!toolCalls.IsEmpty)
            {
                writer.WritePropertyName("tool_calls"u8);
                writer.WriteRawValue(toolCalls, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        public override void WriteNothing(Utf8JsonWriter writer)
        {
            writer.WriteStartObject("message"u8);
            writer.WriteString("role"u8, ""u8);
            writer.WriteString("content"u8, ""u8);
            writer.WriteEndObject();
        }
    }

    private sealed class GenerateShape : OllamaAnswerShape
    {
        [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
        public GenerateShape()
        {
            Content = new LineShape(
                "\",\"response\":\""u8.ToArray(),
                "\",\"done\":false}\n"u8.ToArray(),
                "\",\"done\":false,\"logprobs\":"u8.ToArray());
            Thinking = new LineShape(
                "\",\"response\":\"\",\"thinking\":\""u8.ToArray(),
                Content.After,
                Content.BeforeLogprobs);
        }

        public override void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> content, ReadOnlySpan<byte> thinking, ReadOnlySpan<byte> toolCalls)
        {
            writer.WriteEscaped("response"u8, content);
            if (!thinking.IsEmpty)
            {
                writer.WriteEscaped("thinking"u8, thinking);
            }
        }

        public override void WriteNothing(Utf8JsonWriter writer) => WriteText(writer, [], [], []);
    }
}

using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using GGLib.Server.Json;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>
/// Writes a model's answer in OpenAI's form, for the few requests whose answer cannot be the engine's own bytes: events as the pieces come, or one object at the end.
/// For one answer; not thread-safe.
/// </summary>
/// <param name="output">Where the answer goes.</param>
/// <param name="model">The model's name as the client wrote it.</param>
/// <param name="streaming">Events as they come, or one object.</param>
/// <param name="includeUsage">Whether a stream ends with an event of counts; one object always has them.</param>
/// <param name="time">The clock of <c>created</c>.</param>
/// <param name="idPrefix">What the answer's id begins with.</param>
/// <param name="whole">The kind of the whole object.</param>
/// <param name="chunk">The kind of an event.</param>
internal abstract class OpenAIAnswer(IBufferWriter<byte> output, string model, bool streaming, bool includeUsage, TimeProvider time, string idPrefix, string whole, string chunk)
    : DialectAnswer, IRetoldAnswer
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private readonly string _id = idPrefix + RandomNumberGenerator.GetString(Letters, 32);
    private readonly long _created = time.GetUtcNow().ToUnixTimeSeconds();

    public bool HasOutput { get; private set; }

    /// <summary>Whether events are written as they come.</summary>
    protected bool IsStreaming => streaming;

    public void Complete()
    {
        if (!streaming)
        {
            using var writer = new Utf8JsonWriter(output, WireJson.Options);
            WriteHead(writer, whole);
            WriteWholeChoice(writer);
            WriteUsage(writer);
            writer.WriteEndObject();
            HasOutput = true;
            return;
        }

        WriteLast();
        if (includeUsage)
        {
            using (var writer = Begin())
            {
                writer.WriteStartArray("choices"u8);
                writer.WriteEndArray();
                WriteUsage(writer);
                writer.WriteEndObject();
            }

            End();
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    public void Fail(ReadOnlySpan<byte> error)
    {
        output.Write("data: "u8);
        output.Write(error);
        End();
    }

    /// <summary>Begins an event: its head is written. Dispose the writer after the object's end, then call <see cref="End"/>.</summary>
    protected Utf8JsonWriter Begin()
    {
        output.Write("data: "u8);
        var writer = new Utf8JsonWriter(output, WireJson.Options);
        WriteHead(writer, chunk);
        return writer;
    }

    /// <summary>Ends an event.</summary>
    protected void End()
    {
        output.Write("\n\n"u8);
        HasOutput = true;
    }

    /// <summary>Writes the event that tells why the answer ended.</summary>
    protected abstract void WriteLast();

    /// <summary>Writes the <c>choices</c> of the whole object.</summary>
    protected abstract void WriteWholeChoice(Utf8JsonWriter writer);

    /// <summary>Writes escaped text as a property.</summary>
    protected static void WriteEscaped(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> escaped)
    {
        writer.WritePropertyName(name);
        byte[] quoted = [(byte)'"', .. escaped, (byte)'"'];
        writer.WriteRawValue(quoted, skipInputValidation: true);
    }

    private void WriteHead(Utf8JsonWriter writer, string kind)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, _id);
        writer.WriteString("object"u8, kind);
        writer.WriteNumber("created"u8, _created);
        writer.WriteString("model"u8, model);
    }

    private void WriteUsage(Utf8JsonWriter writer)
    {
        var prompt = Usage.PromptTokens ?? 0;
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, prompt);
        writer.WriteNumber("completion_tokens"u8, GeneratedTokens);
        writer.WriteNumber("total_tokens"u8, prompt + GeneratedTokens);
        writer.WriteEndObject();
    }
}

using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>
/// Writes a model's answer in OpenAI's form, for requests whose answer cannot be the engine's own bytes: events as the pieces arrive, or one object at the end. For one answer; not thread-safe.
/// </summary>
/// <param name="output">Where the answer goes.</param>
/// <param name="model">The model's name as the client wrote it.</param>
/// <param name="streaming">Whether events are written as pieces arrive, rather than one object.</param>
/// <param name="includeUsage">Whether a stream ends with an event of token counts; one object always has them.</param>
/// <param name="time">The clock of <c>created</c>.</param>
/// <param name="kind">The names that the endpoint uses.</param>
internal abstract class OpenAIAnswer(IBufferWriter<byte> output, string model, bool streaming, bool includeUsage, TimeProvider time, OpenAIAnswerKind kind) : AnswerWriter
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private readonly string _id = kind.IdPrefix + RandomNumberGenerator.GetString(Letters, 32);
    private readonly long _created = time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Whether events are written as pieces arrive.</summary>
    protected bool IsStreaming => streaming;

    public override void Ping()
    {
        output.Write(": waiting\n\n"u8);
        HasOutput = true;
    }

    public override InferenceFailure? Complete(in AnswerTiming timing)
    {
        if (!streaming)
        {
            using var writer = new Utf8JsonWriter(output, WireJson.Options);
            WriteHead(writer, kind.Whole);
            WriteWholeChoices(writer);
            WriteUsage(writer);
            writer.WriteEndObject();
            HasOutput = true;
            return null;
        }

        WriteMissingFinish();
        if (includeUsage)
        {
            using (var writer = BeginEvent())
            {
                writer.WriteStartArray("choices"u8);
                writer.WriteEndArray();
                WriteUsage(writer);
                writer.WriteEndObject();
            }

            EndEvent();
        }

        output.Write("data: [DONE]\n\n"u8);
        return null;
    }

    public override void Fail(InferenceFailure failure)
    {
        output.Write("data: "u8);
        output.Write(OpenAIErrors.Of(failure).Body);
        EndEvent();
    }

    /// <summary>Begins an event and writes its head. Dispose the writer after the object's end, then call <see cref="EndEvent"/>.</summary>
    protected Utf8JsonWriter BeginEvent()
    {
        output.Write("data: "u8);
        var writer = new Utf8JsonWriter(output, WireJson.Options);
        WriteHead(writer, kind.Chunk);
        return writer;
    }

    /// <summary>Ends an event.</summary>
    protected void EndEvent()
    {
        output.Write("\n\n"u8);
        HasOutput = true;
    }

    /// <summary>Writes the event that reports why the answer ended, unless a finish has done so.</summary>
    protected abstract void WriteMissingFinish();

    /// <summary>Writes the <c>choices</c> of the whole object.</summary>
    protected abstract void WriteWholeChoices(Utf8JsonWriter writer);

    private void WriteHead(Utf8JsonWriter writer, string type)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, _id);
        writer.WriteString("object"u8, type);
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
        if (Usage.CachedTokens is { } cached)
        {
            writer.WriteStartObject("prompt_tokens_details"u8);
            writer.WriteNumber("cached_tokens"u8, cached);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}

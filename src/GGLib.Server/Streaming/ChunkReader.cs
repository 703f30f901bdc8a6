using System.Text.Json;
using GGLib.Server.Json;
using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>
/// Reads one event of llama-server's stream (<c>/v1/chat/completions</c>, <c>/v1/completions</c> or <c>/completion</c>) and passes its pieces to a sink in the
/// order that clients expect: thinking before content, log probabilities before the text they belong to, counts last.
/// The nesting depth is respected: <c>content</c> inside a tool's arguments is not text. Never throws because of the engine's data.
/// </summary>
internal static class ChunkReader
{
    private static ReadOnlySpan<byte> Done => "[DONE]"u8;

    /// <summary>Passes the event's pieces to the sink and returns the kind of the event.</summary>
    public static ChunkKind Read(ReadOnlySpan<byte> data, IStreamEventSink sink)
    {
        if (data.Trim((byte)' ').SequenceEqual(Done))
        {
            return ChunkKind.Done;
        }

        var chunk = new Chunk();
        try
        {
            var reader = new Utf8JsonReader(data);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return ChunkKind.Malformed;
            }

            ReadTop(ref reader, data, ref chunk, sink);
            Emit(in chunk, sink);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return ChunkKind.Malformed;
        }

        return chunk.HasError ? ChunkKind.Error : ChunkKind.Piece;
    }

    private static void ReadTop(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, ref Chunk chunk, IStreamEventSink sink)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("choices"u8))
            {
                reader.Read();
                ReadChoices(ref reader, data, ref chunk, sink);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                UsageReader.ReadUsage(ref reader, ref chunk.Usage);
            }
            else if (reader.ValueTextEquals("timings"u8))
            {
                reader.Read();
                UsageReader.ReadTimings(ref reader, ref chunk.Usage);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                ReadError(ref reader, ref chunk);
            }
            else if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                chunk.Content = JsonField.Text(ref reader);
            }
            else if (reader.ValueTextEquals("stop_type"u8))
            {
                reader.Read();
                chunk.Finish = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("limit"u8) ? FinishReason.Length : FinishReason.Stop;
            }
            else if (reader.ValueTextEquals("tokens_evaluated"u8))
            {
                chunk.Usage = chunk.Usage with { PromptTokens = JsonField.NextInteger(ref reader) ?? chunk.Usage.PromptTokens };
            }
            else if (reader.ValueTextEquals("tokens_predicted"u8))
            {
                chunk.Usage = chunk.Usage with { GeneratedTokens = JsonField.NextInteger(ref reader) ?? chunk.Usage.GeneratedTokens };
            }
            else if (reader.ValueTextEquals("index"u8))
            {
                chunk.Choice = NextIndex(ref reader);
            }
            else if (reader.ValueTextEquals("stopping_word"u8))
            {
                reader.Read();
                chunk.StopSequence = JsonField.Text(ref reader);
            }
            else if (reader.ValueTextEquals("__verbose"u8))
            {
                reader.Read();
                ReadVerbose(ref reader, ref chunk);
            }
            else if (reader.ValueTextEquals("prompt_progress"u8))
            {
                reader.Read();
                UsageReader.ReadProgress(ref reader, ref chunk.Usage);
            }
            else if (reader.ValueTextEquals("completion_probabilities"u8))
            {
                reader.Read();
                chunk.Logprobs = JsonField.RawArray(ref reader, data);
            }
            else
            {
                reader.Skip();
            }
        }

        // A truncated object must not count as one.
        while (reader.Read())
        {
        }
    }

    private static void ReadChoices(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, ref Chunk chunk, IStreamEventSink sink)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        var first = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            if (!first)
            {
                // An object with several answers: each is passed on before the next is read.
                EmitChoice(in chunk, sink);
                chunk = new Chunk { Usage = chunk.Usage };
            }

            ReadChoice(ref reader, data, ref chunk);
            first = false;
        }
    }

    private static void ReadChoice(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, ref Chunk chunk)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                ReadDelta(ref reader, data, ref chunk);
            }
            else if (reader.ValueTextEquals("index"u8))
            {
                chunk.Choice = NextIndex(ref reader);
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                reader.Read();
                chunk.Finish = Finish(ref reader);
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                chunk.Content = JsonField.Text(ref reader);
            }
            else if (reader.ValueTextEquals("logprobs"u8))
            {
                reader.Read();
                ReadLogprobs(ref reader, data, ref chunk);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadDelta(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, ref Chunk chunk)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                chunk.Content = JsonField.Text(ref reader);
            }
            else if (reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("reasoning"u8))
            {
                reader.Read();
                chunk.Reasoning = JsonField.Text(ref reader);
            }
            else if (reader.ValueTextEquals("tool_calls"u8))
            {
                reader.Read();
                chunk.ToolCalls = JsonField.RawArray(ref reader, data);
            }
            else if (reader.ValueTextEquals("role"u8))
            {
                reader.Skip();
                chunk.HasRole = true;
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadLogprobs(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, ref Chunk chunk)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                chunk.Logprobs = JsonField.RawArray(ref reader, data);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadError(ref Utf8JsonReader reader, ref Chunk chunk)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        chunk.HasError = true;
        chunk.Error = "unknown error"u8;
        if (reader.TokenType == JsonTokenType.String)
        {
            chunk.Error = EscapedText.Read(ref reader);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                chunk.Error = JsonField.Text(ref reader);
            }
            else if (reader.ValueTextEquals("code"u8))
            {
                chunk.Status = (int)Math.Clamp(JsonField.NextInteger(ref reader) ?? 0, 0, 599);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void Emit(in Chunk chunk, IStreamEventSink sink)
    {
        if (chunk.HasError)
        {
            sink.Accept(StreamEvent.Failed(chunk.Error, chunk.Status));
            return;
        }

        EmitChoice(in chunk, sink);
        if (chunk.Usage != default)
        {
            sink.Accept(StreamEvent.Counted(chunk.Usage));
        }
    }

    private static void EmitChoice(in Chunk chunk, IStreamEventSink sink)
    {
        if (chunk.HasRole)
        {
            sink.Accept(StreamEvent.Role() with { Choice = chunk.Choice });
        }

        // They belong to the piece that follows them. In a whole answer that also has thinking this is the text.
        var isWhole = !chunk.Reasoning.IsEmpty && !chunk.Content.IsEmpty;
        if (!isWhole && !chunk.Logprobs.IsEmpty)
        {
            sink.Accept(StreamEvent.Logprobs(chunk.Logprobs) with { Choice = chunk.Choice });
        }

        if (!chunk.Reasoning.IsEmpty)
        {
            sink.Accept(StreamEvent.Reasoning(chunk.Reasoning) with { Choice = chunk.Choice });
        }

        if (isWhole && !chunk.Logprobs.IsEmpty)
        {
            sink.Accept(StreamEvent.Logprobs(chunk.Logprobs) with { Choice = chunk.Choice });
        }

        if (!chunk.Content.IsEmpty)
        {
            sink.Accept(StreamEvent.Content(chunk.Content) with { Choice = chunk.Choice });
        }

        if (!chunk.ToolCalls.IsEmpty)
        {
            ToolCallReader.Read(chunk.ToolCalls, chunk.Choice, sink);
        }

        if (chunk.Finish != FinishReason.None)
        {
            sink.Accept(StreamEvent.Finished(chunk.Finish, chunk.StopSequence) with { Choice = chunk.Choice });
        }
    }

    private static void ReadVerbose(ref Utf8JsonReader reader, ref Chunk chunk)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("stopping_word"u8))
            {
                reader.Read();
                chunk.StopSequence = JsonField.Text(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static int NextIndex(scoped ref Utf8JsonReader reader) => (int)Math.Clamp(JsonField.NextInteger(ref reader) ?? 0, 0, 1024);

    private static FinishReason Finish(scoped ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return FinishReason.None;
        }

        return reader.ValueTextEquals("length"u8) ? FinishReason.Length
            : reader.ValueTextEquals("tool_calls"u8) ? FinishReason.ToolCalls
            : FinishReason.Stop;
    }

    private ref struct Chunk
    {
        public bool HasRole;
        public ReadOnlySpan<byte> Reasoning;
        public ReadOnlySpan<byte> Content;
        public ReadOnlySpan<byte> ToolCalls;
        public ReadOnlySpan<byte> Logprobs;
        public FinishReason Finish;
        public ReadOnlySpan<byte> StopSequence;
        public int Choice;
        public TokenUsage Usage;
        public bool HasError;
        public ReadOnlySpan<byte> Error;
        public int Status;
    }
}

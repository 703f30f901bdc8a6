using System.Buffers;
using System.Text.Json;
using GGLib.Server.Json;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>
/// Rewrites the log probabilities of relayed <c>POST /v1/completions</c> answers: llama-server sends them in the form of chat completions (<c>content</c>), OpenAI's completions have
/// <c>tokens</c>, <c>token_logprobs</c>, <c>top_logprobs</c> and <c>text_offset</c>. Passes everything else on unchanged. For one answer; not thread-safe.
/// </summary>
/// <param name="next">The next stage.</param>
/// <param name="isStream">Whether the bytes are events; else they are pieces of one object, which is held back to its end.</param>
internal sealed class CompletionLogprobs(IByteStage next, bool isStream) : IByteStage
{
    private readonly ArrayBufferWriter<byte> _whole = new();

    // The characters of text before the next token, for each choice.
    private readonly Dictionary<int, int> _offsets = [];

    private static ReadOnlySpan<byte> Mark => "\"logprobs\":{\"content\":"u8;

    private static ReadOnlySpan<byte> Prefix => "data: "u8;

    private static ReadOnlySpan<byte> End => "\n\n"u8;

    public void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        if (!isStream)
        {
            _whole.Write(bytes);
            return;
        }

        if (bytes.IndexOf(Mark) < 0)
        {
            next.Write(bytes, output);
            return;
        }

        while (!bytes.IsEmpty)
        {
            var length = bytes.IndexOf(End) is >= 0 and var end ? end : bytes.Length;
            WriteEvent(bytes[..length], output);
            next.Write(bytes[length..Math.Min(bytes.Length, length + End.Length)], output);
            bytes = bytes[Math.Min(bytes.Length, length + End.Length)..];
        }
    }

    public void Complete(IBufferWriter<byte> output)
    {
        if (_whole.WrittenCount > 0)
        {
            next.Write(_whole.WrittenSpan.IndexOf(Mark) >= 0 && Rewrite(_whole.WrittenSpan) is { } rewritten ? rewritten : _whole.WrittenSpan, output);
        }

        next.Complete(output);
    }

    private void WriteEvent(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        if (bytes.StartsWith(Prefix) && bytes.IndexOf(Mark) >= 0 && Rewrite(bytes[Prefix.Length..]) is { } rewritten)
        {
            next.Write(Prefix, output);
            next.Write(rewritten, output);
        }
        else
        {
            next.Write(bytes, output);
        }
    }

    /// <summary>Returns the object with its log probabilities in OpenAI's form; null if it is not the expected JSON.</summary>
    private byte[]? Rewrite(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            return WireJson.Compose(writer =>
            {
                writer.WriteStartObject();
                foreach (var member in root.EnumerateObject())
                {
                    if (!member.NameEquals("choices"u8))
                    {
                        member.WriteTo(writer);
                        continue;
                    }

                    writer.WriteStartArray(member.Name);
                    foreach (var choice in member.Value.EnumerateArray())
                    {
                        WriteChoice(writer, choice);
                    }

                    writer.WriteEndArray();
                }

                writer.WriteEndObject();
            });
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private void WriteChoice(Utf8JsonWriter writer, JsonElement choice)
    {
        var index = choice.TryGetProperty("index"u8, out var number) ? number.GetInt32() : 0;
        writer.WriteStartObject();
        foreach (var member in choice.EnumerateObject())
        {
            if (member.NameEquals("logprobs"u8) && member.Value.ValueKind is JsonValueKind.Object)
            {
                writer.WritePropertyName(member.Name);
                WriteLogprobs(writer, [.. member.Value.GetProperty("content"u8).EnumerateArray()], index);
            }
            else
            {
                member.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    private void WriteLogprobs(Utf8JsonWriter writer, List<JsonElement> tokens, int choice)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("tokens"u8);
        foreach (var token in tokens)
        {
            token.GetProperty("token"u8).WriteTo(writer);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("token_logprobs"u8);
        foreach (var token in tokens)
        {
            token.GetProperty("logprob"u8).WriteTo(writer);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("top_logprobs"u8);
        foreach (var token in tokens)
        {
            writer.WriteStartObject();
            foreach (var (text, logprob) in Alternatives(token))
            {
                writer.WritePropertyName(text);
                logprob.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("text_offset"u8);
        var offset = _offsets.GetValueOrDefault(choice);
        foreach (var token in tokens)
        {
            writer.WriteNumberValue(offset);
            offset += token.GetProperty("token"u8).GetString()!.EnumerateRunes().Count();
        }

        _offsets[choice] = offset;
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    // Different tokens can have the same text, for example parts of characters. An object can name it once; the most likely one comes first.
    private static Dictionary<string, JsonElement> Alternatives(JsonElement token)
    {
        var alternatives = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var alternative in token.TryGetProperty("top_logprobs"u8, out var top) ? top.EnumerateArray() : [])
        {
            alternatives.TryAdd(alternative.GetProperty("token"u8).GetString()!, alternative.GetProperty("logprob"u8));
        }

        return alternatives;
    }
}

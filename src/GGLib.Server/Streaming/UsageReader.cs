using System.Text.Json;

namespace GGLib.Server.Streaming;

/// <summary>Reads llama-server's <c>usage</c>, in any dialect's names, and <c>timings</c> objects. The reader stands on the object's beginning.</summary>
internal static class UsageReader
{
    public static void ReadUsage(ref Utf8JsonReader reader, ref TokenUsage usage)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.TrySkip();
            return;
        }

        long? cached = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("input_tokens"u8))
            {
                usage = usage with { PromptTokens = JsonField.NextInteger(ref reader) };
            }
            else if (reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8))
            {
                usage = usage with { GeneratedTokens = JsonField.NextInteger(ref reader) };
            }
            else if (reader.ValueTextEquals("cache_read_input_tokens"u8))
            {
                cached = JsonField.NextInteger(ref reader);
            }
            else
            {
                reader.TrySkip();
            }
        }

        // Anthropic's count leaves out what was found in the cache.
        if (cached is { } found && usage.PromptTokens is { } uncached)
        {
            usage = usage with { PromptTokens = uncached + found };
        }
    }

    public static void ReadTimings(ref Utf8JsonReader reader, ref TokenUsage usage)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.TrySkip();
            return;
        }

        long? cached = null, prompt = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("cache_n"u8))
            {
                cached = JsonField.NextInteger(ref reader);
            }
            else if (reader.ValueTextEquals("prompt_n"u8))
            {
                prompt = JsonField.NextInteger(ref reader);
            }
            else if (reader.ValueTextEquals("predicted_n"u8))
            {
                usage = usage with { GeneratedTokens = JsonField.NextInteger(ref reader) };
            }
            else if (reader.ValueTextEquals("prompt_ms"u8))
            {
                usage = usage with { PromptNanoseconds = NextMilliseconds(ref reader) };
            }
            else if (reader.ValueTextEquals("predicted_ms"u8))
            {
                usage = usage with { GenerationNanoseconds = NextMilliseconds(ref reader) };
            }
            else
            {
                reader.TrySkip();
            }
        }

        if (prompt is { } uncached)
        {
            usage = usage with { PromptTokens = uncached + (cached ?? 0) };
        }
    }

    // Milliseconds with a fraction, as nanoseconds.
    private static long? NextMilliseconds(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetDouble(out var milliseconds) && milliseconds is >= 0 and < 1e12 ? (long)(milliseconds * 1e6) : null;
        }

        reader.TrySkip();
        return null;
    }
}

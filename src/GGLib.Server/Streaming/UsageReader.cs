using System.Text.Json;
using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>Reads llama-server's <c>usage</c> and <c>timings</c> objects. The reader stands on the start of the object.</summary>
internal static class UsageReader
{
    public static void ReadUsage(ref Utf8JsonReader reader, ref TokenUsage usage)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.TrySkip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8))
            {
                usage = usage with { PromptTokens = JsonField.NextInteger(ref reader) };
            }
            else if (reader.ValueTextEquals("completion_tokens"u8))
            {
                usage = usage with { GeneratedTokens = JsonField.NextInteger(ref reader) };
            }
            else if (reader.ValueTextEquals("prompt_tokens_details"u8))
            {
                reader.Read();
                ReadDetails(ref reader, ref usage);
            }
            else
            {
                reader.TrySkip();
            }
        }

    }

    /// <summary>Reads <c>prompt_progress</c>, which precedes the answer when it was asked for with <c>return_progress</c>.</summary>
    public static void ReadProgress(ref Utf8JsonReader reader, ref TokenUsage usage)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.TrySkip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("total"u8))
            {
                usage = usage with { PromptTokens = JsonField.NextInteger(ref reader) };
            }
            else if (reader.ValueTextEquals("cache"u8))
            {
                usage = usage with { CachedTokens = JsonField.NextInteger(ref reader) };
            }
            else
            {
                reader.TrySkip();
            }
        }
    }

    private static void ReadDetails(ref Utf8JsonReader reader, ref TokenUsage usage)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.TrySkip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("cached_tokens"u8))
            {
                usage = usage with { CachedTokens = JsonField.NextInteger(ref reader) };
            }
            else
            {
                reader.TrySkip();
            }
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
            usage = usage with { PromptTokens = uncached + (cached ?? 0), CachedTokens = cached ?? usage.CachedTokens };
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

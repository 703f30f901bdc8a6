using System.Text.Json;
using GGLib.Server.Json;

namespace GGLib.Server.Streaming;

/// <summary>Reads values of the engine's JSON; one of another type than expected counts as absent.</summary>
internal static class JsonField
{
    /// <summary>The string at the reader, escapes kept.</summary>
    public static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return EscapedText.Read(ref reader);
        }

        reader.Skip();
        return default;
    }

    /// <summary>The array at the reader as it stands in the data; the reader is at its end afterwards.</summary>
    public static ReadOnlySpan<byte> RawArray(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        var start = (int)reader.TokenStartIndex;
        var isArray = reader.TokenType == JsonTokenType.StartArray;
        reader.Skip();
        var raw = data[start..(int)reader.BytesConsumed];
        return isArray ? raw : default;
    }

    /// <summary>The integer that follows the property's name at the reader.</summary>
    public static long? NextInteger(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetInt64(out var value) ? value : null;
        }

        reader.Skip();
        return null;
    }
}

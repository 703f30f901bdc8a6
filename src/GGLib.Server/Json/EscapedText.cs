using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace GGLib.Server.Json;

/// <summary>Text in the form that it has between the quotes of a JSON string, as UTF-8.</summary>
internal static class EscapedText
{
    /// <summary>Whether the text can be sent unchanged: valid UTF-8, and no escape that may be a lone surrogate.</summary>
    public static bool IsClean(ReadOnlySpan<byte> escaped) =>
        Utf8.IsValid(escaped) && (escaped.IndexOf("\\ud"u8) < 0 && escaped.IndexOf("\\uD"u8) < 0);

    /// <summary>Returns the reader's string value with its escapes, repaired if it is not clean.</summary>
    public static ReadOnlySpan<byte> Read(scoped ref Utf8JsonReader reader) =>
        IsClean(reader.ValueSpan) ? reader.ValueSpan : Repair(reader.ValueSpan);

    /// <summary>Returns escaped text, or a whole valid JSON value, repaired if it is not clean.</summary>
    public static byte[] Clean(byte[] escaped) => IsClean(escaped) ? escaped : Repair(escaped);

    /// <summary>Escapes a text.</summary>
    public static byte[] From(string text) => JsonEncodedText.Encode(text, WireJson.Encoder).EncodedUtf8Bytes.ToArray();

    /// <summary>Unescapes a text.</summary>
    public static string ToText(ReadOnlySpan<byte> escaped)
    {
        var quoted = new byte[escaped.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        escaped.CopyTo(quoted.AsSpan(1));
        var reader = new Utf8JsonReader(quoted);
        return reader.Read() ? reader.GetString()! : "";
    }

    // Rare. Invalid bytes and lone surrogates become U+FFFD, as in any decoder.
    private static byte[] Repair(ReadOnlySpan<byte> escaped)
    {
        var text = Encoding.UTF8.GetString(escaped);
        var whole = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            if (character != '\\' || index + 1 >= text.Length)
            {
                whole.Append(character);
                continue;
            }

            if (text[index + 1] != 'u')
            {
                whole.Append(character).Append(text[++index]);
                continue;
            }

            var code = Code(text, index);
            if (char.IsHighSurrogate(code) && index + 11 < text.Length && text[index + 6] == '\\' && text[index + 7] == 'u' && char.IsLowSurrogate(Code(text, index + 6)))
            {
                whole.Append(text, index, 12);
                index += 11;
            }
            else
            {
                whole.Append(char.IsSurrogate(code) ? "\uFFFD" : text.Substring(index, 6));
                index += 5;
            }
        }

        return Encoding.UTF8.GetBytes(whole.ToString());

        // The JSON reader has checked that four hexadecimal digits follow.
        static char Code(string text, int at) =>
            (char)ushort.Parse(text.AsSpan(at + 2, 4), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
    }
}

using System.Buffers;
using System.Globalization;
using System.Text;

namespace GGLib.Catalog.Templates.Execution;

/// <summary>Text in Go's quotes, as <c>%q</c> writes it.</summary>
internal static class QuotedText
{
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text, bool asciiOnly)
    {
        var quoted = new StringBuilder("\"");
        while (text.Length > 0)
        {
            if (Rune.DecodeFromUtf8(text, out var rune, out var length) is OperationStatus.Done)
            {
                Append(quoted, rune, '"', asciiOnly);
            }
            else
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\x{text[0]:x2}");
                length = 1;
            }

            text = text[length..];
        }

        return Encoding.UTF8.GetBytes(quoted.Append('"').ToString());
    }

    public static string OfCharacter(Rune rune, bool asciiOnly)
    {
        var quoted = new StringBuilder("'");
        Append(quoted, rune, '\'', asciiOnly);
        return quoted.Append('\'').ToString();
    }

    public static int CountCharacters(ReadOnlySpan<byte> text)
    {
        var count = 0;
        while (text.Length > 0)
        {
            var status = Rune.DecodeFromUtf8(text, out _, out var length);
            text = text[(status is OperationStatus.Done ? length : 1)..];
            count++;
        }

        return count;
    }

    private static void Append(StringBuilder quoted, Rune rune, char quote, bool asciiOnly)
    {
        if (rune.Value == quote || rune.Value == '\\')
        {
            quoted.Append('\\').Append(rune);
            return;
        }

        if (IsPrintable(rune) && (rune.IsAscii || !asciiOnly))
        {
            quoted.Append(rune);
            return;
        }

        _ = rune.Value switch
        {
            7 => quoted.Append("\\a"),
            8 => quoted.Append("\\b"),
            9 => quoted.Append("\\t"),
            10 => quoted.Append("\\n"),
            11 => quoted.Append("\\v"),
            12 => quoted.Append("\\f"),
            13 => quoted.Append("\\r"),
            < ' ' or 0x7F => quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
            < 0x10000 => quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
            _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
        };
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}

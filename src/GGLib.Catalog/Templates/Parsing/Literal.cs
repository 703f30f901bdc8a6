using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using GGLib.Catalog.Templates.Values;

namespace GGLib.Catalog.Templates.Parsing;

/// <summary>Go's literals. Each method gives null for text that is none.</summary>
internal static class Literal
{
    /// <summary>The bytes of <c>"…"</c>: an escape such as <c>\xff</c> can name a byte that is no character.</summary>
    public static TextValue? Text(ReadOnlySpan<char> literal)
    {
        var rest = literal[1..^1];
        if (!rest.Contains('\\'))
        {
            return TextValue.Of(rest);
        }

        var bytes = new ArrayBufferWriter<byte>(rest.Length + 4);
        while (rest.Length > 0)
        {
            var plain = rest.IndexOf('\\');
            if (plain != 0)
            {
                var text = plain < 0 ? rest : rest[..plain];
                Encoding.UTF8.GetBytes(text, bytes);
                rest = rest[text.Length..];
                continue;
            }

            if (!TryEscape(ref rest, '"', out var value, out var isByte))
            {
                return null;
            }

            if (isByte)
            {
                bytes.Write([(byte)value]);
            }
            else
            {
                Encoding.UTF8.GetBytes(new Rune(value).ToString(), bytes);
            }
        }

        return new(bytes.WrittenMemory);
    }

    /// <summary>What stands between backquotes; carriage returns are no part of it.</summary>
    public static TextValue RawText(ReadOnlySpan<char> literal)
    {
        var text = literal[1..^1];
        return text.Contains('\r') ? TextValue.Of(text.ToString().Replace("\r", "", StringComparison.Ordinal)) : TextValue.Of(text);
    }

    /// <summary>The code point of <c>'x'</c>.</summary>
    public static IntegerValue? Character(ReadOnlySpan<char> literal)
    {
        var rest = literal[1..^1];
        if (rest.StartsWith("\\", StringComparison.Ordinal))
        {
            return TryEscape(ref rest, '\'', out var value, out _) && rest.Length == 0 ? new(value) : null;
        }

        return Rune.DecodeFromUtf16(rest, out var rune, out var length) is OperationStatus.Done && length == rest.Length ? new(rune.Value) : null;
    }

    /// <summary>An integer, or a number with a fraction or exponent.</summary>
    public static TemplateValue? Number(ReadOnlySpan<char> literal)
    {
        var isNegative = literal[0] == '-';
        var digits = literal[0] is '-' or '+' ? literal[1..] : literal;
        if (digits.Length == 0 || !TryWithoutUnderscores(ref digits))
        {
            return null;
        }

        var radix = Radix(digits);
        if (radix == 16 ? digits.ContainsAny("pP.") : digits.ContainsAny(".eE"))
        {
            return radix is 10 or 0 ? Decimal(digits, isNegative) : null;
        }

        var body = radix switch
        {
            10 => digits,
            0 => digits[1..],
            _ => digits[2..],
        };
        radix = radix == 0 ? 8 : radix;
        if (body.Length == 0)
        {
            return null;
        }

        var value = BigInteger.Zero;
        foreach (var digit in body)
        {
            var number = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : 99;
            if (number >= radix)
            {
                return null;
            }

            value = (value * radix) + number;
            if (value > ulong.MaxValue)
            {
                return null;
            }
        }

        value = isNegative ? -value : value;
        return value >= long.MinValue && value <= long.MaxValue ? new IntegerValue((long)value) : null;
    }

    // 0 is an octal number in the old way, 017.
    private static int Radix(ReadOnlySpan<char> digits) => digits.Length < 2 || digits[0] != '0' ? 10 : digits[1] switch
    {
        'x' or 'X' => 16,
        'o' or 'O' => 8,
        'b' or 'B' => 2,
        _ when digits.ContainsAny(".eE") => 10,
        _ => 0,
    };

    private static FloatValue? Decimal(ReadOnlySpan<char> digits, bool isNegative)
    {
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit) && digit is not ('.' or 'e' or 'E' or '+' or '-'))
            {
                return null;
            }
        }

        return double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? new(isNegative ? -value : value)
            : null;
    }

    // Underscores may stand between digits, and after a prefix.
    private static bool TryWithoutUnderscores(ref ReadOnlySpan<char> digits)
    {
        if (!digits.Contains('_'))
        {
            return true;
        }

        for (var i = 0; i < digits.Length; i++)
        {
            if (digits[i] == '_' && (i == 0 || i == digits.Length - 1 || !char.IsAsciiLetterOrDigit(digits[i - 1]) || !char.IsAsciiHexDigit(digits[i + 1])))
            {
                return false;
            }
        }

        digits = digits.ToString().Replace("_", "", StringComparison.Ordinal);
        return true;
    }

    private static bool TryEscape(ref ReadOnlySpan<char> rest, char quote, out int value, out bool isByte)
    {
        value = 0;
        isByte = false;
        if (rest.Length < 2)
        {
            return false;
        }

        var kind = rest[1];
        rest = rest[2..];
        switch (kind)
        {
            case 'a': value = 7; return true;
            case 'b': value = 8; return true;
            case 'f': value = 12; return true;
            case 'n': value = 10; return true;
            case 'r': value = 13; return true;
            case 't': value = 9; return true;
            case 'v': value = 11; return true;
            case '\\': value = '\\'; return true;
            case 'x':
                isByte = true;
                return TryDigits(ref rest, 2, 16, out value);
            case 'u':
                return TryDigits(ref rest, 4, 16, out value) && Rune.IsValid(value);
            case 'U':
                return TryDigits(ref rest, 8, 16, out value) && Rune.IsValid(value);
            case >= '0' and <= '7':
                isByte = true;
                var inner = kind - '0';
                if (!TryDigits(ref rest, 2, 8, out value))
                {
                    return false;
                }

                value += inner * 64;
                return value <= 255;
            default:
                value = kind;
                return kind == quote;
        }
    }

    private static bool TryDigits(ref ReadOnlySpan<char> rest, int count, int radix, out int value)
    {
        value = 0;
        if (rest.Length < count)
        {
            return false;
        }

        long number = 0;
        foreach (var digit in rest[..count])
        {
            var next = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : 99;
            if (next >= radix)
            {
                return false;
            }

            number = (number * radix) + next;
        }

        rest = rest[count..];
        value = number > int.MaxValue ? -1 : (int)number;
        return true;
    }
}

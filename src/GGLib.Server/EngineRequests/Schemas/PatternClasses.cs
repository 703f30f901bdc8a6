using System.Globalization;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>Character classes of regular expressions. <c>\d</c>, <c>\w</c> and <c>\s</c> are ECMAScript's.</summary>
internal static class PatternClasses
{
    // Classes of Unicode are exact up to here. Beyond, they contain everything: the exact ranges of \p{L} alone take 8 KB.
    private const int LastExact = 0x24F;

    public static CharacterSet Digits { get; } = CharacterSet.Of(('0', '9'));

    public static CharacterSet Word { get; } = CharacterSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    public static CharacterSet Space { get; } = CharacterSet.Of(
        (0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    /// <summary>The dot: everything but line ends.</summary>
    public static CharacterSet Dot { get; } = CharacterSet.Of((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)).Complement();

    /// <summary>Code points whose membership in a class of Unicode is unknown here.</summary>
    public static CharacterSet Unsure { get; } = CharacterSet.Of((LastExact + 1, 0x10FFFF));

    /// <summary>The class of an escape such as <c>\d</c>; null when the letter names none.</summary>
    public static CharacterSet? OfEscape(char letter) => letter switch
    {
        'd' => Digits,
        'D' => Digits.Complement(),
        'w' => Word,
        'W' => Word.Complement(),
        's' => Space,
        'S' => Space.Complement(),
        _ => null,
    };

    /// <summary>
    /// The class of a property such as <c>L</c>, <c>Lu</c> or <c>Script=Greek</c>, without <see cref="Unsure"/>; the caller adds it. Null when the property is not known.
    /// </summary>
    public static CharacterSet? OfProperty(string property)
    {
        var (name, value) = property.Split('=', 2) is [var left, var right] ? (left, right) : ("", property);
        if (name is "Script" or "sc" or "Script_Extensions" or "scx")
        {
            // Scripts other than Latin have no letters below U+0250 but those that several scripts share.
            return value is "Latin" or "Latn" ? OfCategories("L") : value is "Common" or "Zyyy" ? OfCategories("L").Complement().Except(Unsure) : CharacterSet.Of((0x80, LastExact));
        }

        return value switch
        {
            "Any" => CharacterSet.Of((0, LastExact)),
            "ASCII" => CharacterSet.Of((0, 0x7F)),
            "Alphabetic" or "Alpha" => OfCategories("L"),
            "Uppercase" or "Upper" => OfCategories("Lu"),
            "Lowercase" or "Lower" => OfCategories("Ll"),
            "White_Space" or "space" => Space.Except(Unsure),
            _ => OfCategories(LongNames.GetValueOrDefault(value, value)) is { IsEmpty: false } found ? found : value is "M" or "Mn" or "Mc" or "Me" or "Mark" or "Nl" or "Lt" or "Lm" or "Zl" or "Zp" or "Cs" or "Co" or "Cn" ? CharacterSet.None : null,
        };
    }

    private static readonly Dictionary<string, string> LongNames = new(StringComparer.Ordinal)
    {
        ["Letter"] = "L", ["Uppercase_Letter"] = "Lu", ["Lowercase_Letter"] = "Ll", ["Number"] = "N", ["Decimal_Number"] = "Nd", ["Digit"] = "Nd",
        ["Punctuation"] = "P", ["Symbol"] = "S", ["Separator"] = "Z", ["Space_Separator"] = "Zs", ["Other"] = "C", ["Control"] = "Cc",
        ["IsL"] = "L", ["IsN"] = "N", ["IsP"] = "P",
    };

    private static CharacterSet OfCategories(string prefix)
    {
        var members = new List<(int, int)>();
        for (var codePoint = 0; codePoint <= LastExact; codePoint++)
        {
            if (Abbreviation(CharUnicodeInfo.GetUnicodeCategory(codePoint)).StartsWith(prefix, StringComparison.Ordinal))
            {
                members.Add((codePoint, codePoint));
            }
        }

        return CharacterSet.Of(members);
    }

    private static string Abbreviation(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.SpaceSeparator => "Zs",
        UnicodeCategory.LineSeparator => "Zl",
        UnicodeCategory.ParagraphSeparator => "Zp",
        UnicodeCategory.Control => "Cc",
        UnicodeCategory.Format => "Cf",
        UnicodeCategory.Surrogate => "Cs",
        UnicodeCategory.PrivateUse => "Co",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.InitialQuotePunctuation => "Pi",
        UnicodeCategory.FinalQuotePunctuation => "Pf",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.OtherSymbol => "So",
        _ => "Cn",
    };
}

using System.Globalization;
using System.Text;

using static GGLib.Server.EngineRequests.Schemas.PatternNode;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>
/// Writes a pattern in the notation that llama-server turns into a grammar. It copies literals and classes into the grammar byte by byte, and the grammar describes the JSON text: a quote, a
/// backslash or a control character is written as the escape sequence that JSON has for it.
/// </summary>
internal static class PatternWriter
{
    private const string ShortEscapes = "\"\\\b\f\n\r\t";
    private const string ShortEscapeLetters = "\"\\bfnrt";

    /// <summary>The engine reads bounds up to 2000.</summary>
    private const int LongestRepeat = 1000;

    private static readonly CharacterSet Escaped = CharacterSet.Of((0, 0x1F), ('"', '"'), ('\\', '\\'));

    /// <summary>The pattern without anchors.</summary>
    public static string Write(PatternNode node)
    {
        var output = new StringBuilder();
        Write(output, node);
        return output.ToString();
    }

    private static void Write(StringBuilder output, PatternNode node)
    {
        switch (node)
        {
            case Character character:
                if (character.Set.Single is { } single && IsPlain(single))
                {
                    output.Append((char)single);
                }
                else
                {
                    WriteAtom(output, character);
                }

                break;
            case Sequence sequence:
                foreach (var item in sequence.Items)
                {
                    if (item is Choice)
                    {
                        WriteAtom(output, item);
                    }
                    else
                    {
                        Write(output, item);
                    }
                }

                break;
            case Choice choice:
                for (var index = 0; index < choice.Options.Count; index++)
                {
                    Write(index == 0 ? output : output.Append('|'), choice.Options[index]);
                }

                break;
            case Repeat repeat:
                WriteAtom(output, repeat.Body);
                output.Append(Quantifier(repeat.Min, repeat.Max));
                break;
        }
    }

    /// <summary>Something that a quantifier may follow. The engine would apply it to a whole run of literals, so that a single character is a class.</summary>
    private static void WriteAtom(StringBuilder output, PatternNode node)
    {
        if (node is not Character character)
        {
            Write(output.Append('('), node);
            output.Append(')');
            return;
        }

        var raw = character.Set.Except(Escaped);
        var escapes = Escapes(character.Set.Intersect(Escaped), character.Set);
        if (escapes.Length == 0)
        {
            WriteClass(output, raw);
            return;
        }

        output.Append('(');
        if (!raw.IsEmpty)
        {
            WriteClass(output, raw);
            output.Append('|');
        }

        output.Append(escapes).Append(')');
    }

    private static string Quantifier(int min, int? max)
    {
        min = Math.Min(min, LongestRepeat);
        max = max > LongestRepeat ? null : max;
        return (min, max) switch
        {
            (0, null) => "*",
            (1, null) => "+",
            (0, 1) => "?",
            (_, null) => string.Create(CultureInfo.InvariantCulture, $"{{{min},}}"),
            _ when min == max => string.Create(CultureInfo.InvariantCulture, $"{{{min}}}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{{{min},{max}}}"),
        };
    }

    private static string Escapes(CharacterSet members, CharacterSet set)
    {
        if (members.IsEmpty)
        {
            return "";
        }

        var letters = new StringBuilder();
        for (var index = 0; index < ShortEscapes.Length; index++)
        {
            if (members.Contains(ShortEscapes[index]))
            {
                letters.Append(ShortEscapeLetters[index] == '\\' ? "\\\\" : ShortEscapeLetters[index].ToString());
            }
        }

        var others = members.Except(CharacterSet.Of(ShortEscapes.Select(static character => ((int)character, (int)character))));
        var numbered = others.IsEmpty ? ""
            : set.Count > 0x100000 ? "u[0-9A-Fa-f]{4}" // Nearly everything: a model may escape any character.
            : others.Single is { } single ? $"u00{(single < 16 ? '0' : '1')}{HexDigit(single % 16)}"
            : "u00[01][0-9A-Fa-f]";
        return (letters.Length, numbered.Length) switch
        {
            (_, 0) => $"[\\\\][{letters}]",
            (0, _) => $"[\\\\]{numbered}",
            _ => $"[\\\\]([{letters}]|{numbered})",
        };
    }

    private static string HexDigit(int value) => value < 10 ? value.ToString(CultureInfo.InvariantCulture) : $"[{(char)('A' + value - 10)}{(char)('a' + value - 10)}]";

    private static void WriteClass(StringBuilder output, CharacterSet set)
    {
        var rest = set.Complement();
        var negated = rest.Ranges.Count < set.Ranges.Count && set.Contains(0x10FFFF);
        output.Append(negated ? "[^" : "[");
        foreach (var (start, end) in (negated ? rest : set).Ranges)
        {
            WriteMember(output, start);
            if (end > start)
            {
                if (end > start + 1)
                {
                    output.Append('-');
                }

                WriteMember(output, end);
            }
        }

        output.Append(']');
    }

    private static void WriteMember(StringBuilder output, int codePoint) => _ = codePoint switch
    {
        '[' => output.Append("\\["),
        ']' => output.Append("\\]"),
        '\\' => output.Append("\\\\"),
        >= 0x20 and < 0x7F and not ('^' or '-') => output.Append((char)codePoint),
        < 0x80 => output.Append(CultureInfo.InvariantCulture, $"\\x{codePoint:X2}"),
        <= 0xFFFF => char.IsLetter((char)codePoint) ? output.Append((char)codePoint) : output.Append(CultureInfo.InvariantCulture, $"\\u{codePoint:X4}"),
        _ => output.Append(CultureInfo.InvariantCulture, $"\\U{codePoint:X8}"),
    };

    // Outside classes the engine gives a meaning to punctuation, and splits characters of several bytes.
    private static bool IsPlain(int codePoint) => codePoint < 0x80 && (char.IsAsciiLetterOrDigit((char)codePoint) || " _-/:,;@#%&=<>~!'`".Contains((char)codePoint));
}

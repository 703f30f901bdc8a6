using System.Globalization;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>Character classes and escapes.</summary>
internal sealed partial class PatternParser
{
    private CharacterSet Class()
    {
        var negated = Take("^");
        var set = CharacterSet.None;
        var unsure = CharacterSet.None;
        var first = true;
        while (true)
        {
            if (!More)
            {
                Fail();
                return CharacterSet.None;
            }

            // ECMAScript ends an empty class here; in other dialects the bracket is a member.
            if (_text[_at] == ']' && (!first || _text.IndexOf(']', _at + 1) < 0))
            {
                _at++;
                break;
            }

            first = false;
            if (_text.AsSpan(_at) is ['[', ':', ..] && _text.IndexOf(":]", _at, StringComparison.Ordinal) >= 0)
            {
                Fail();
                return CharacterSet.None;
            }

            var (members, mayBe, start) = Member();
            if (start is { } from && _at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] != ']')
            {
                _at++;
                var (others, alsoMayBe, end) = Member();
                if (end is { } to)
                {
                    if (to < from)
                    {
                        Fail();
                        return CharacterSet.None;
                    }

                    members = CharacterSet.Of((from, to));
                }
                else
                {
                    members = members.Union(others).Union(CharacterSet.Of('-'));
                    mayBe = mayBe.Union(alsoMayBe);
                }
            }

            set = set.Union(members);
            unsure = unsure.Union(mayBe);
        }

        if (negated)
        {
            set = (_ignoreCase ? set.WithBothCases() : set).Complement();
        }

        set = set.Union(unsure);
        if (set.IsEmpty)
        {
            Fail();
        }

        return set;
    }

    /// <summary>One member of a class: its set, the code points of which it is not known whether they belong to it, and its code point when it is a single one.</summary>
    private (CharacterSet Set, CharacterSet Unsure, int? Single) Member()
    {
        if (_text[_at] != '\\')
        {
            var plain = CodePoint();
            return (CharacterSet.Of(plain), CharacterSet.None, plain);
        }

        _at++;
        if (!More)
        {
            Fail();
            return (CharacterSet.None, CharacterSet.None, null);
        }

        var isProperty = _text[_at] is 'p' or 'P';
        if (EscapedClass() is { } set)
        {
            return isProperty ? (set.Except(PatternClasses.Unsure), PatternClasses.Unsure, null) : (set, CharacterSet.None, null);
        }

        if (!_failed && EscapedCodePoint(inClass: true) is { } codePoint)
        {
            return (CharacterSet.Of(codePoint), CharacterSet.None, codePoint);
        }

        Fail();
        return (CharacterSet.None, CharacterSet.None, null);
    }

    private CharacterSet? EscapedClass()
    {
        var letter = _text[_at];
        if (PatternClasses.OfEscape(letter) is { } set)
        {
            _at++;
            return set;
        }

        if (letter is not ('p' or 'P'))
        {
            return null;
        }

        _at++;
        string name;
        if (Take("{") && _text.IndexOf('}', _at) is > 0 and var end)
        {
            name = _text[_at..end];
            _at = end + 1;
        }
        else if (More && char.IsAsciiLetterUpper(_text[_at]))
        {
            name = _text[_at++].ToString();
        }
        else
        {
            Fail();
            return null;
        }

        var negated = letter == 'P' ^ name.StartsWith('^');
        if (PatternClasses.OfProperty(name.TrimStart('^')) is not { } property)
        {
            Fail();
            return null;
        }

        return (negated ? property.Complement() : property).Union(PatternClasses.Unsure);
    }

    private int? EscapedCodePoint(bool inClass)
    {
        if (_failed)
        {
            return null;
        }

        var letter = _text[_at];
        if (!char.IsAsciiLetterOrDigit(letter))
        {
            return CodePoint();
        }

        _at++;
        return letter switch
        {
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            'e' => 0x1B,
            'b' when inClass => '\b',
            '0' => Octal(),
            'c' when More && char.IsAsciiLetter(_text[_at]) => _text[_at++] % 32,
            'x' or 'u' or 'U' => Hexadecimal(letter),
            _ => null,
        };
    }

    private int Octal()
    {
        var value = 0;
        for (var digits = 0; digits < 2 && _at < _text.Length && _text[_at] is >= '0' and <= '7'; digits++)
        {
            value = (value * 8) + _text[_at++] - '0';
        }

        return value;
    }

    private int? Hexadecimal(char letter)
    {
        if (Take("{"))
        {
            var end = _text.IndexOf('}', _at);
            var braced = end < 0 ? null : Parsed(_at, end - _at);
            _at = end < 0 ? _at : end + 1;
            return braced;
        }

        var length = letter switch { 'x' => 2, 'u' => 4, _ => 8 };
        var value = Parsed(_at, length);
        _at += length;
        if (value is >= 0xD800 and < 0xDC00 && _text.AsSpan(Math.Min(_at, _text.Length)) is ['\\', 'u', ..] && Parsed(_at + 2, 4) is >= 0xDC00 and < 0xE000 and var low)
        {
            _at += 6;
            return char.ConvertToUtf32((char)value, (char)low);
        }

        return value is >= 0xD800 and < 0xE000 ? null : value;
    }

    private int? Parsed(int start, int length) =>
        start + length <= _text.Length
            && int.TryParse(_text.AsSpan(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && value is >= 0 and <= 0x10FFFF ? value : null;

    private int CodePoint()
    {
        var first = _text[_at++];
        if (char.IsHighSurrogate(first) && _at < _text.Length && char.IsLowSurrogate(_text[_at]))
        {
            return char.ConvertToUtf32(first, _text[_at++]);
        }

        return char.IsSurrogate(first) ? 0xFFFD : first;
    }
}

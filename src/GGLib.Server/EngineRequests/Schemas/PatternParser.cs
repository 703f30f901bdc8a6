using System.Globalization;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>
/// Parses the regular expressions that schemas contain: ECMAScript's, and what Python, Rust and .NET add to them. Assertions and back-references become something that matches more, because a
/// pattern may only be relaxed.
/// </summary>
internal sealed class PatternParser
{
    private const int MaxDepth = 40;

    private readonly string _text;
    private readonly List<PatternNode?> _groups = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private int _at;
    private int _depth;
    private bool _failed;
    private bool _ignoreCase;
    private bool _dotMatchesLineEnds;

    private PatternParser(string text) => _text = text;

    private bool More => _at < _text.Length && !_failed;

    /// <summary>The parsed pattern; null when it is not a regular expression, or uses what this parser does not know.</summary>
    public static PatternNode? Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        var node = parser.Alternatives();
        return parser._failed || parser._at < pattern.Length ? null : node;
    }

    private PatternNode Fail()
    {
        _failed = true;
        return PatternNode.Nothing;
    }

    private PatternNode Alternatives()
    {
        if (++_depth > MaxDepth)
        {
            return Fail();
        }

        var options = new List<PatternNode> { Items() };
        while (More && _text[_at] == '|')
        {
            _at++;
            options.Add(Items());
        }

        _depth--;
        return options is [var only] ? only : new PatternNode.Choice(options);
    }

    private PatternNode.Sequence Items()
    {
        var items = new List<PatternNode>();
        while (More && _text[_at] is not ('|' or ')'))
        {
            var item = Item();
            items.Add(Quantified(item));
        }

        return new(items);
    }

    private PatternNode Item()
    {
        var character = _text[_at++];
        switch (character)
        {
            case '(':
                return Group();
            case '[':
                return new PatternNode.Character(Cased(Class()));
            case '.':
                return new PatternNode.Character(_dotMatchesLineEnds ? CharacterSet.All : PatternClasses.Dot);
            case '^':
                return new PatternNode.Anchor(IsEnd: false);
            case '$':
                return new PatternNode.Anchor(IsEnd: true);
            case '\\':
                return Escape();
            case '*' or '+' or '?':
                return Fail();
            case '{' when Bounds(_at) is not null:
                return Fail();
            default:
                _at--;
                return Literal(CodePoint());
        }
    }

    private PatternNode.Character Literal(int codePoint) => new(Cased(CharacterSet.Of(codePoint)));

    private CharacterSet Cased(CharacterSet set) => _ignoreCase ? set.WithBothCases() : set;

    private PatternNode Quantified(PatternNode item)
    {
        while (More)
        {
            (int Min, int? Max) bounds;
            switch (_text[_at])
            {
                case '*':
                    bounds = (0, null);
                    _at++;
                    break;
                case '+':
                    bounds = (1, null);
                    _at++;
                    break;
                case '?':
                    bounds = (0, 1);
                    _at++;
                    break;
                case '{' when Bounds(_at + 1) is { } found:
                    bounds = (found.Min, found.Max);
                    _at = found.End;
                    break;
                default:
                    return item;
            }

            // Lazy and possessive repetition match the same texts, or fewer.
            if (More && _text[_at] is '?' or '+' && _at < _text.Length)
            {
                _at++;
            }

            item = bounds.Max < bounds.Min ? Fail() : item is PatternNode.Anchor ? (bounds.Min == 0 ? PatternNode.Nothing : item) : new PatternNode.Repeat(item, bounds.Min, bounds.Max);
        }

        return item;
    }

    /// <summary>The bounds of <c>{m}</c>, <c>{m,}</c>, <c>{,n}</c> or <c>{m,n}</c> after the bracket; null when it is a plain bracket.</summary>
    private (int Min, int? Max, int End)? Bounds(int start)
    {
        var end = _text.IndexOf('}', start);
        if (end < 0 || end == start || _text.AsSpan(start, end - start).IndexOfAnyExcept("0123456789,") >= 0)
        {
            return null;
        }

        return _text[start..end].Split(',') switch
        {
            [var exact] => (Number(exact), Number(exact), end + 1),
            ["", ""] => null,
            [var min, ""] => (Number(min), null, end + 1),
            [var min, var max] => (Number(min), Number(max), end + 1),
            _ => null,
        };

        static int Number(string digits) => digits.Length == 0 ? 0 : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
    }

    private PatternNode Group()
    {
        var captures = true;
        var asserts = false;
        string? name = null;
        var (ignoreCase, dotMatchesLineEnds) = (_ignoreCase, _dotMatchesLineEnds);
        if (Take("?:") || Take("?>"))
        {
            captures = false;
        }
        else if (Take("?=") || Take("?!") || Take("?<=") || Take("?<!"))
        {
            (captures, asserts) = (false, true);
        }
        else if (Take("?#"))
        {
            _at = _text.IndexOf(')', _at) + 1;
            return _at == 0 ? Fail() : PatternNode.Nothing;
        }
        else if (Take("?P=") || Take("?P>"))
        {
            return Fail();
        }
        else if (Take("?P<") || Take("?<") || Take("?'"))
        {
            var end = _text.AsSpan(_at).IndexOfAny('>', '\'');
            if (end < 1)
            {
                return Fail();
            }

            name = _text.Substring(_at, end);
            _at += end + 1;
        }
        else if (Take("?"))
        {
            if (!Flags())
            {
                return Fail();
            }

            if (Take(")"))
            {
                // They hold to the end of the enclosing group. A later change back is rare, and matching more is allowed.
                return PatternNode.Nothing;
            }

            _at++;
            captures = false;
        }

        var index = _groups.Count;
        if (captures)
        {
            _groups.Add(null);
            if (name is not null)
            {
                _names[name] = index;
            }
        }

        var body = Alternatives();
        (_ignoreCase, _dotMatchesLineEnds) = (ignoreCase, dotMatchesLineEnds);
        if (!Take(")"))
        {
            return Fail();
        }

        if (captures)
        {
            _groups[index] = body;
        }

        return asserts ? PatternNode.Nothing : body;
    }

    private bool Flags()
    {
        var on = true;
        for (; _at < _text.Length; _at++)
        {
            switch (_text[_at])
            {
                case '-':
                    on = false;
                    break;
                case 'i':
                    _ignoreCase = on;
                    break;
                case 's':
                    _dotMatchesLineEnds = on;
                    break;
                case 'u' or 'a' or 'L' or 'U' or 'n':
                    break;
                case ')' or ':':
                    return true;
                default:
                    return false;
            }
        }

        return false;
    }

    private PatternNode Escape()
    {
        if (!More)
        {
            return Fail();
        }

        var letter = _text[_at];
        switch (letter)
        {
            case 'b' or 'B':
                _at++;
                return PatternNode.Nothing;
            case 'A':
                _at++;
                return new PatternNode.Anchor(IsEnd: false);
            case 'z' or 'Z':
                _at++;
                return new PatternNode.Anchor(IsEnd: true);
            case >= '1' and <= '9':
                return Backreference();
            case 'k' when _text.AsSpan(_at + 1) is ['<', ..]:
                var end = _text.IndexOf('>', _at);
                if (end < 0)
                {
                    return Fail();
                }

                var name = _text[(_at + 2)..end];
                _at = end + 1;
                return _names.TryGetValue(name, out var index) ? _groups[index] ?? PatternNode.Nothing : Fail();
        }

        return EscapedClass() is { } set ? new PatternNode.Character(Cased(set)) : EscapedCodePoint(inClass: false) is { } codePoint ? Literal(codePoint) : Fail();
    }

    // What the group matches is a text of the group's pattern; the same text is more than a grammar can ask for.
    private PatternNode Backreference()
    {
        var digits = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }

        return int.TryParse(_text.AsSpan(digits, _at - digits), CultureInfo.InvariantCulture, out var number) && number <= _groups.Count ? _groups[number - 1] ?? PatternNode.Nothing : Fail();
    }

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
        start + length <= _text.Length && int.TryParse(_text.AsSpan(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 0x10FFFF ? value : null;

    private int CodePoint()
    {
        var first = _text[_at++];
        if (char.IsHighSurrogate(first) && _at < _text.Length && char.IsLowSurrogate(_text[_at]))
        {
            return char.ConvertToUtf32(first, _text[_at++]);
        }

        return char.IsSurrogate(first) ? 0xFFFD : first;
    }

    private bool Take(string text)
    {
        if (string.CompareOrdinal(_text, _at, text, 0, text.Length) != 0)
        {
            return false;
        }

        _at += text.Length;
        return true;
    }
}

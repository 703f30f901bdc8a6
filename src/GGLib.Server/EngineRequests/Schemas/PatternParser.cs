using System.Globalization;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>
/// Parses the regular expressions that schemas contain: ECMAScript's, and what Python, Rust and .NET add to them. Assertions and back-references become something that matches more, because a
/// pattern may only be relaxed.
/// </summary>
internal sealed partial class PatternParser
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
            if (More && _text[_at] is '?' or '+')
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

    // A backreference becomes its group's pattern: a grammar cannot require the same text again.
    private PatternNode Backreference()
    {
        var digits = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }

        return int.TryParse(_text.AsSpan(digits, _at - digits), CultureInfo.InvariantCulture, out var number) && number <= _groups.Count ? _groups[number - 1] ?? PatternNode.Nothing : Fail();
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

using System.Text;

namespace GGLib.Tests.Architecture;

/// <summary>C# source without comments and without the text of literals. The code inside interpolation holes is kept.</summary>
internal sealed class SourceCode
{
    private readonly StringBuilder _code = new();
    private readonly string _text;
    private int _at;

    private SourceCode(string text) => _text = text;

    /// <summary>Removes comments and literals. Every removed literal leaves one space.</summary>
    public static string Strip(string text)
    {
        var source = new SourceCode(text);
        source.ReadCode(isHole: false);
        return source._code.ToString();
    }

    /// <summary>Reads to the end of the text, or to the brace that closes an interpolation hole.</summary>
    private void ReadCode(bool isHole)
    {
        for (var depth = 0; _at < _text.Length;)
        {
            if (Follows("//"))
            {
                MoveBehind("\n", includesEnd: false);
            }
            else if (Follows("/*"))
            {
                MoveBehind("*/", includesEnd: true);
            }
            else if (_text[_at] is '\'')
            {
                ReadCharacter();
            }
            else if (_text[_at] is '"')
            {
                ReadString();
            }
            else
            {
                depth += _text[_at] switch { '{' => 1, '}' => -1, _ => 0 };
                if (isHole && depth < 0)
                {
                    return;
                }

                _code.Append(_text[_at++]);
            }
        }
    }

    private void ReadCharacter()
    {
        // The character after a backslash may be a quote.
        var end = _text[_at + 1] is '\\' ? _text.IndexOf('\'', _at + 3) : _at + 2;
        _at = end + 1;
        _code.Append(' ');
    }

    private void ReadString()
    {
        var prefix = _at;
        while (prefix > 0 && _text[prefix - 1] is '$' or '@')
        {
            prefix--;
        }

        var dollars = _text.AsSpan(prefix, _at - prefix).Count('$');
        var isVerbatim = _text.AsSpan(prefix, _at - prefix).Contains('@');
        _code.Append(' ');
        var quotes = Run('"');
        if (quotes is 2)
        {
            _at += 2;
        }
        else if (quotes >= 3)
        {
            ReadRaw(quotes, dollars);
        }
        else
        {
            ReadRegular(dollars > 0, isVerbatim);
        }

        _code.Append(' ');
    }

    private void ReadRaw(int quotes, int dollars)
    {
        for (_at += quotes; _at < _text.Length;)
        {
            if (Run('"') >= quotes)
            {
                _at += quotes;
                return;
            }

            if (dollars > 0 && Run('{') is var braces && braces >= dollars)
            {
                _at += braces;
                ReadCode(isHole: true);
                _at += dollars;
            }
            else
            {
                _at++;
            }
        }
    }

    private void ReadRegular(bool isInterpolated, bool isVerbatim)
    {
        for (_at++; _at < _text.Length;)
        {
            if ((!isVerbatim && _text[_at] is '\\') || (isVerbatim && Follows("\"\"")) || (isInterpolated && Follows("{{")))
            {
                _at += 2;
            }
            else if (isInterpolated && _text[_at] is '{')
            {
                _at++;
                ReadCode(isHole: true);
                _at++;
            }
            else if (_text[_at++] is '"')
            {
                return;
            }
        }
    }

    private bool Follows(string text) => _text.AsSpan(_at).StartsWith(text, StringComparison.Ordinal);

    private int Run(char character) => _text.AsSpan(_at).IndexOfAnyExcept(character) is >= 0 and var length ? length : _text.Length - _at;

    private void MoveBehind(string end, bool includesEnd)
    {
        var found = _text.IndexOf(end, _at + 2, StringComparison.Ordinal);
        _at = found < 0 ? _text.Length : found + (includesEnd ? end.Length : 0);
    }
}

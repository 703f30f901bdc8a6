using System.Text;

namespace GGLib.Catalog.Templates.Parsing;

/// <summary>
/// Cuts a template into tokens: text outside actions, already trimmed where a marker asks for it, and what stands inside
/// them, spaces included, since <c>.A .B</c> and <c>.A.B</c> differ. A fault is the last token (<see cref="TokenKind.Error"/>), its message
/// in <see cref="Error"/>, so that a fault of the grammar before it is told first.
/// </summary>
internal sealed class TemplateLexer
{
    private const string Opening = "{{";
    private const string Closing = "}}";
    private const string Spaces = " \t\r\n";

    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _position;
    private int _parentheses;

    private TemplateLexer(string source) => _source = source;

    /// <summary>What the last token is about, when it is an error.</summary>
    public string? Error { get; private set; }

    /// <summary>The tokens; the last is the end of the text or an error.</summary>
    public IReadOnlyList<Token> Tokens => _tokens;

    public static TemplateLexer Read(string source)
    {
        var lexer = new TemplateLexer(source);
        lexer.ReadAll();
        return lexer;
    }

    private char Current => Peek(0);

    private char Peek(int ahead) => _position + ahead < _source.Length ? _source[_position + ahead] : '\0';

    private bool AtEnd => _position >= _source.Length;

    private bool StartsWith(string text) => _source.AsSpan(_position).StartsWith(text, StringComparison.Ordinal);

    private void ReadAll()
    {
        while (ReadText())
        {
            while (ReadInside())
            {
            }

            if (Error is not null)
            {
                return;
            }
        }

        if (Error is null)
        {
            Add(TokenKind.EndOfText, _source.Length, 0);
        }
    }

    // False at the end of the text or at a fault; else the position is inside an action.
    private bool ReadText()
    {
        while (true)
        {
            var start = _position;
            var opening = _source.IndexOf(Opening, start, StringComparison.Ordinal);
            var text = opening < 0 ? _source.AsSpan(start) : _source.AsSpan(start, opening - start);
            if (opening < 0)
            {
                AddText(start, text.Length);
                return false;
            }

            _position = opening + Opening.Length;
            var trims = Current == '-' && IsSpace(Peek(1));
            AddText(start, trims ? text.TrimEnd(Spaces).Length : text.Length);
            if (trims)
            {
                _position += 2;
            }

            if (!StartsWith("/*"))
            {
                Add(TokenKind.Open, opening, Opening.Length);
                _parentheses = 0;
                return true;
            }

            var end = _source.IndexOf("*/", _position + 2, StringComparison.Ordinal);
            if (end < 0)
            {
                return Fail(opening, "a comment is not closed");
            }

            _position = end + 2;
            if (ClosingLength() == 0)
            {
                return Fail(opening, "a comment must end right before the closing braces");
            }

            SkipClosing();
        }
    }

    // False after the action's end or at a fault.
    private bool ReadInside()
    {
        if (ClosingLength() > 0)
        {
            if (_parentheses > 0)
            {
                return Fail(_position, "a parenthesis is not closed");
            }

            var trimmed = ClosingLength() > Closing.Length;
            Add(TokenKind.Close, trimmed ? _position + 2 : _position, Closing.Length);
            SkipClosing();
            return false;
        }

        if (AtEnd)
        {
            return Fail(_position, "an action is not closed");
        }

        var start = _position;
        var first = Current;
        switch (first)
        {
            case ' ' or '\t' or '\r' or '\n':
                // A space may belong to the closing marker: the check above sees it on the next round.
                do
                {
                    _position++;
                }
                while (IsSpace(Current) && ClosingLength() == 0);

                return Add(TokenKind.Space, start);
            case '=':
                _position++;
                return Add(TokenKind.Assign, start);
            case ':':
                _position += 2;
                return Peek(-1) == '=' ? Add(TokenKind.Declare, start) : Fail(start, "after ':' there must be '='");
            case '|':
                _position++;
                return Add(TokenKind.Pipe, start);
            case ',':
                _position++;
                return Add(TokenKind.Comma, start);
            case '(':
                _position++;
                _parentheses++;
                return Add(TokenKind.OpenParenthesis, start);
            case ')':
                _position++;
                return --_parentheses < 0 ? Fail(start, "a ')' without '('") : Add(TokenKind.CloseParenthesis, start);
            case '"':
                return ReadQuoted('"', TokenKind.QuotedText, "a string is not closed");
            case '\'':
                return ReadQuoted('\'', TokenKind.Character, "a character is not closed");
            case '`':
                var end = _source.IndexOf('`', start + 1);
                _position = end + 1;
                return end < 0 ? Fail(start, "a raw string is not closed") : Add(TokenKind.RawText, start);
            case '$':
                _position++;
                return ReadName(start, TokenKind.Variable, TokenKind.Variable);
            case '.' when !char.IsAsciiDigit(Peek(1)):
                _position++;
                return ReadName(start, TokenKind.Field, TokenKind.Dot);
            case '.' or '+' or '-' or (>= '0' and <= '9'):
                return ReadNumber();
        }

        if (SkipWord() > 0)
        {
            return AtTerminator() ? Add(KindOf(_source.AsSpan(start, _position - start)), start) : Unexpected();
        }

        if (first is > ' ' and < (char)127)
        {
            _position++;
            return Add(TokenKind.Other, start);
        }

        return Unexpected();
    }

    private bool ReadName(int start, TokenKind named, TokenKind bare)
    {
        if (AtTerminator())
        {
            return Add(bare, start);
        }

        SkipWord();
        return AtTerminator() ? Add(named, start) : Unexpected();
    }

    private bool ReadQuoted(char quote, TokenKind kind, string unclosed)
    {
        var start = _position++;
        while (!AtEnd && Current != '\n')
        {
            var current = _source[_position++];
            if (current == quote)
            {
                return Add(kind, start);
            }

            if (current == '\\' && !AtEnd && Current != '\n')
            {
                _position++;
            }
        }

        return Fail(start, unclosed);
    }

    // Takes everything that could belong to a number; whether it is one is seen when it is converted.
    private bool ReadNumber()
    {
        var start = _position;
        if (Current is '+' or '-')
        {
            _position++;
        }

        var isHex = Current == '0' && Peek(1) is 'x' or 'X';
        while (!AtEnd && (char.IsAsciiLetterOrDigit(Current) || Current is '_' or '.'))
        {
            var isExponent = isHex ? Current is 'p' or 'P' : Current is 'e' or 'E';
            _position++;
            if (isExponent && Current is '+' or '-')
            {
                _position++;
            }
        }

        return AtTerminatorOfNumber() ? Add(TokenKind.Number, start) : Unexpected();
    }

    // Go lets any character but a letter, a digit or a sign follow; what follows must make sense by itself.
    private bool AtTerminatorOfNumber() => AtEnd || (Current is not ('+' or '-') && !TryWordCharacter(out _));

    private int SkipWord()
    {
        var start = _position;
        while (TryWordCharacter(out var length))
        {
            _position += length;
        }

        return _position - start;
    }

    private bool TryWordCharacter(out int length)
    {
        var isWhole = Rune.DecodeFromUtf16(_source.AsSpan(_position), out var rune, out length) is System.Buffers.OperationStatus.Done;
        return isWhole && (rune.Value == '_' || Rune.IsLetter(rune) || Rune.IsDigit(rune));
    }

    private bool AtTerminator() => AtEnd || IsSpace(Current) || Current is '.' or ',' or '|' or ':' or '(' or ')' || StartsWith(Closing);

    // 0 when no action ends here, else how much ends it: "}}" or " -}}".
    private int ClosingLength()
    {
        if (StartsWith(Closing))
        {
            return Closing.Length;
        }

        return IsSpace(Current) && Peek(1) == '-' && Peek(2) == '}' && Peek(3) == '}' ? Closing.Length + 2 : 0;
    }

    private void SkipClosing()
    {
        var length = ClosingLength();
        _position += length;
        if (length > Closing.Length)
        {
            _position = _source.Length - _source.AsSpan(_position).TrimStart(Spaces).Length;
        }
    }

    private bool Unexpected()
    {
        _ = Rune.DecodeFromUtf16(_source.AsSpan(_position), out var rune, out _);
        return Fail(_position, AtEnd ? "an action is not closed" : $"unexpected character {Quote(rune)} in an action");
    }

    private static string Quote(Rune rune) =>
        Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) ? $"U+{rune.Value:X4}" : $"'{rune}'";

    private bool Fail(int position, string message)
    {
        Error = message;
        Add(TokenKind.Error, Math.Min(position, _source.Length), 0);
        return false;
    }

    private void AddText(int start, int length)
    {
        if (length > 0)
        {
            Add(TokenKind.Text, start, length);
        }
    }

    private bool Add(TokenKind kind, int start) => Add(kind, start, _position - start);

    private bool Add(TokenKind kind, int start, int length)
    {
        _tokens.Add(new(kind, start, length));
        return true;
    }

    private static bool IsSpace(char value) => value is ' ' or '\t' or '\r' or '\n';

    private static TokenKind KindOf(ReadOnlySpan<char> word) => word switch
    {
        "if" => TokenKind.If,
        "else" => TokenKind.Else,
        "end" => TokenKind.End,
        "range" => TokenKind.Range,
        "with" => TokenKind.With,
        "define" => TokenKind.Define,
        "block" => TokenKind.Block,
        "template" => TokenKind.Template,
        "break" => TokenKind.Break,
        "continue" => TokenKind.Continue,
        "nil" => TokenKind.Nil,
        "true" or "false" => TokenKind.Boolean,
        _ => TokenKind.Identifier,
    };
}

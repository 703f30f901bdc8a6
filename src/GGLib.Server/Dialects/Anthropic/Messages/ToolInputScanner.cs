using System.Globalization;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>Finds the end of a JSON object that arrives in pieces of escaped text, as a tool call's arguments do. Does not validate the object.</summary>
internal struct ToolInputScanner
{
    private int _depth;
    private bool _isInString;
    private bool _isAfterBackslash;
    private bool _isBroken;

    /// <summary>Whether anything but white space was read.</summary>
    public bool HasContent { get; private set; }

    /// <summary>Whether the object has ended. False for text that does not begin with an object.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Reads a piece. Escape sequences are never split between pieces.</summary>
    /// <param name="escaped">UTF-8 as between the quotes of a JSON string.</param>
    /// <returns>The number of bytes up to the end of the object; the length of the piece when it does not end in it.</returns>
    public int Read(ReadOnlySpan<byte> escaped)
    {
        var at = 0;
        while (at < escaped.Length)
        {
            Step(Next(escaped, ref at));
            if (IsComplete)
            {
                return at;
            }
        }

        return at;
    }

    private void Step(byte character)
    {
        if (_isBroken)
        {
            return;
        }

        if (_isInString)
        {
            _isInString = _isAfterBackslash || character != (byte)'"';
            _isAfterBackslash = !_isAfterBackslash && character == (byte)'\\';
            return;
        }

        switch (character)
        {
            case (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t':
                return;
            case (byte)'{' or (byte)'[':
                _isBroken = _depth == 0 && character != (byte)'{';
                _depth++;
                break;
            case (byte)'}' or (byte)']':
                _isBroken = --_depth < 0;
                IsComplete = _depth == 0;
                break;
            case (byte)'"':
                _isBroken = _depth == 0;
                _isInString = true;
                break;
            default:
                _isBroken = _depth == 0;
                break;
        }

        HasContent = true;
    }

    /// <summary>The next character, unescaped; characters beyond ASCII as any byte that has no meaning here.</summary>
    private static byte Next(ReadOnlySpan<byte> escaped, ref int at)
    {
        var character = escaped[at++];
        if (character != (byte)'\\' || at == escaped.Length)
        {
            return character;
        }

        switch (escaped[at++])
        {
            case (byte)'u' when at + 4 <= escaped.Length:
                var isCode = ushort.TryParse(escaped.Slice(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code);
                at += 4;
                return isCode && code < 0x80 ? (byte)code : (byte)'?';
            case (byte)'n':
                return (byte)'\n';
            case (byte)'r':
                return (byte)'\r';
            case (byte)'t':
                return (byte)'\t';
            case (byte)'b' or (byte)'f':
                return (byte)'?';
            case var same:
                return same;
        }
    }
}

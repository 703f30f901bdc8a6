namespace GGLib.Server.Streaming;

/// <summary>Finds the end of a JSON object or array in a text that arrives in pieces. Mutable; start with a default value.</summary>
internal struct JsonBalance
{
    private int _depth;
    private bool _isInString;
    private bool _isEscaped;

    /// <summary>Whether the value has ended.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Reads the next piece.</summary>
    /// <returns>The number of characters that belong to the value.</returns>
    public int Read(ReadOnlySpan<char> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (_isInString)
            {
                var wasEscaped = _isEscaped;
                _isEscaped = !wasEscaped && text[at] == '\\';
                _isInString = wasEscaped || text[at] != '"';
                continue;
            }

            switch (text[at])
            {
                case '"':
                    _isInString = true;
                    break;
                case '{' or '[':
                    _depth++;
                    break;
                case '}' or ']' when --_depth == 0:
                    IsClosed = true;
                    return at + 1;
            }
        }

        return text.Length;
    }
}

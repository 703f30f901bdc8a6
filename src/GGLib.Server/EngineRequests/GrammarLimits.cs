namespace GGLib.Server.EngineRequests;

/// <summary>How large a client's own grammar (GBNF) may be. llama-server recurses over its brackets: it needs more stack than it has for some ten thousand of them, and dies, with all streams of the model.</summary>
internal static class GrammarLimits
{
    /// <summary>Nesting of round brackets.</summary>
    public const int Depth = 100;

    /// <summary>Characters.</summary>
    public const int Length = 512 * 1024;

    /// <summary>Returns why a grammar is too large; null if it is not.</summary>
    public static string? Check(string grammar)
    {
        if (grammar.Length > Length)
        {
            return $"the grammar is longer than {Length} characters";
        }

        var depth = 0;
        for (var at = 0; at < grammar.Length; at++)
        {
            switch (grammar[at])
            {
                case '"':
                    at = EndOf(grammar, at, '"');
                    break;
                case '[':
                    at = EndOf(grammar, at, ']');
                    break;
                case '#':
                    at = grammar.IndexOf('\n', at) is >= 0 and var line ? line : grammar.Length;
                    break;
                case '(' when ++depth > Depth:
                    return $"the grammar is nested deeper than {Depth} brackets";
                case ')':
                    depth--;
                    break;
            }
        }

        return null;
    }

    // The end of a literal or a character class, in which a backslash escapes the next character.
    private static int EndOf(string grammar, int start, char end)
    {
        for (var at = start + 1; at < grammar.Length; at++)
        {
            if (grammar[at] == '\\')
            {
                at++;
            }
            else if (grammar[at] == end)
            {
                return at;
            }
        }

        return grammar.Length;
    }
}

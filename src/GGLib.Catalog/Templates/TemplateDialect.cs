namespace GGLib.Catalog.Templates;

/// <summary>Tells in which language a chat template is written.</summary>
public static class TemplateDialect
{
    /// <summary>
    /// Jinja when it has a statement (<c>{% … %}</c>) or comment (<c>{# … #}</c>) of Jinja's and no action of Go's before it, or when its first
    /// <c>{{ … }}</c> begins with a name that Go's templates do not know (<c>messages</c>, <c>bos_token</c>). Go in every other case, plain text included.
    /// </summary>
    public static TemplateLanguage Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (var at = text.IndexOf('{', StringComparison.Ordinal); at >= 0 && at + 1 < text.Length; at = text.IndexOf('{', at + 1))
        {
            switch (text[at + 1])
            {
                case '%' when text.IndexOf("%}", at + 2, StringComparison.Ordinal) >= 0:
                case '#' when text.IndexOf("#}", at + 2, StringComparison.Ordinal) >= 0:
                    return TemplateLanguage.Jinja;
                case '{' when Language(text.AsSpan(at + 2)) is { } language:
                    return language;
            }
        }

        return TemplateLanguage.Go;
    }

    // Null where the beginning says nothing: a literal is written alike in both.
    private static TemplateLanguage? Language(ReadOnlySpan<char> action)
    {
        // Jinja's marker needs no space behind it, Go's does.
        var trims = action is ['-', ..];
        var inside = (trims ? action[1..] : action).TrimStart();
        if (inside is ['.' or '$' or '`' or '/', ..])
        {
            return TemplateLanguage.Go;
        }

        var inner = inside.TrimStart('(');
        if (inner is ['.' or '$', ..])
        {
            return TemplateLanguage.Go;
        }

        var length = 0;
        while (length < inner.Length && (char.IsAsciiLetterOrDigit(inner[length]) || inner[length] == '_'))
        {
            length++;
        }

        var word = inner[..length].ToString();
        if (word.Length == 0 || !char.IsAsciiLetter(word[0]) || word is "true" or "false")
        {
            return null;
        }

        if (!GoWords.Contains(word))
        {
            return TemplateLanguage.Jinja;
        }

        // Jinja could have a variable of that name: then what follows is no argument.
        var rest = inner[length..].TrimStart();
        return rest is ['[' or '.' or '+' or '~', ..] && inner[length..] is not [' ' or '\t' or '\n' or '\r', '.', ..] ? TemplateLanguage.Jinja : TemplateLanguage.Go;
    }

    private static readonly HashSet<string> GoWords = new(StringComparer.Ordinal)
    {
        "if", "else", "end", "range", "with", "define", "block", "template", "break", "continue", "nil",
        "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "index", "slice", "print", "printf", "println",
        "json", "currentDate", "yesterdayDate", "toTypeScriptType", "html", "js", "urlquery", "call",
    };
}

namespace GGLib.Catalog.Templates.Parsing;

/// <summary>A piece of the template's text: where it begins and how long it is. Of a template of any size there are many, so it holds no text.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int Length)
{
    public ReadOnlySpan<char> In(string source) => source.AsSpan(Start, Length);
}

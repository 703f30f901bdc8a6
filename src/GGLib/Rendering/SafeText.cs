namespace GGLib.Rendering;

/// <summary>Text from clients and models, made fit for a terminal.</summary>
internal static class SafeText
{
    /// <summary>On one line, without control characters: a model's name could otherwise move the cursor or forge a line.</summary>
    public static string OneLine(string text, int most = 300)
    {
        var line = string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? ' ' : source[i];
            }
        }).Trim();
        return line.Length <= most ? line : line[..most] + "…";
    }

    /// <summary>With its line ends and tabs, without other control characters.</summary>
    public static string Lines(string text) =>
        text.Any(Moves) ? string.Concat(text.Where(static character => !Moves(character))) : text;

    private static bool Moves(char character) => char.IsControl(character) && character is not ('\n' or '\t');
}

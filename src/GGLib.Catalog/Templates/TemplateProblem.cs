namespace GGLib.Catalog.Templates;

/// <summary>What is wrong with a template, or what went wrong while it was rendered, and where in its text.</summary>
/// <param name="Message">A sentence's beginning for the user, without the place and without a final stop.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in UTF-16 code units, from 1.</param>
public sealed record TemplateProblem(string Message, int Line, int Column)
{
    /// <summary>The whole sentence: message, line and column.</summary>
    public override string ToString() => $"template: {Message} (line {Line}, column {Column})";

    /// <summary>Says where in <paramref name="text"/> the character at <paramref name="position"/> is.</summary>
    internal static TemplateProblem At(string text, int position, string message)
    {
        var before = text.AsSpan(0, Math.Clamp(position, 0, text.Length));
        return new(message, before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }
}

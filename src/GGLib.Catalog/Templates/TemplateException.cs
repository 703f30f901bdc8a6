namespace GGLib.Catalog.Templates;

/// <summary>
/// Carries a fault out of the depth of the parser or the evaluator to <see cref="GoTemplate"/>, which turns it into a
/// <see cref="TemplateProblem"/>. It never leaves this folder.
/// </summary>
internal sealed class TemplateException(string message, int position) : Exception(message)
{
    /// <summary>The index in the template's text.</summary>
    public int Position { get; } = position;
}

using System.Diagnostics.CodeAnalysis;

namespace GGLib.Catalog.Templates;

/// <summary>A template, or the reason why its text is none.</summary>
public sealed record TemplateParseResult
{
    internal TemplateParseResult(GoTemplate template) => Template = template;

    internal TemplateParseResult(TemplateProblem problem) => Problem = problem;

    /// <summary>The template, when the text is one.</summary>
    public GoTemplate? Template { get; }

    /// <summary>The first thing that is wrong with the text, else null.</summary>
    public TemplateProblem? Problem { get; }

    /// <summary>Whether the text is a template.</summary>
    [MemberNotNullWhen(true, nameof(Template))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool Succeeded => Template is not null;
}

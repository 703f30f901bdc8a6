using System.Diagnostics.CodeAnalysis;

namespace GGLib.Catalog.Templates;

/// <summary>A rendered prompt, or the reason why there is none.</summary>
public sealed record TemplateRenderResult
{
    internal TemplateRenderResult(string text) => Text = text;

    internal TemplateRenderResult(TemplateProblem problem) => Problem = problem;

    /// <summary>The prompt.</summary>
    public string? Text { get; }

    /// <summary>What the template could not do with this input, or the bound it ran into; else null.</summary>
    public TemplateProblem? Problem { get; }

    /// <summary>Whether there is a prompt.</summary>
    [MemberNotNullWhen(true, nameof(Text))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool Succeeded => Text is not null;
}

namespace GGLib.Catalog.Templates;

/// <summary>What a template may use, so that a hostile one can neither hang nor exhaust the server.</summary>
internal sealed record TemplateLimits
{
    public static TemplateLimits Default { get; } = new();

    /// <summary>The longest text of a template, in UTF-16 code units. Published ones stay below 20,000.</summary>
    public int MaxSource { get; init; } = 128 * 1024;

    /// <summary>How deep parentheses and blocks may nest.</summary>
    public int MaxNesting { get; init; } = 200;

    /// <summary>How deep the evaluation may go: nesting and calls of templates together.</summary>
    public int MaxDepth { get; init; } = 1000;

    /// <summary>The longest prompt, in bytes of UTF-8.</summary>
    public int MaxOutput { get; init; } = 64 * 1024 * 1024;

    /// <summary>How many bytes of text functions such as <c>printf</c> may make altogether.</summary>
    public int MaxMadeText { get; init; } = 32 * 1024 * 1024;

    /// <summary>How much work may be done: 64 for each step, 1 for each byte that is written, made or compared. The default takes about a second.</summary>
    public long MaxWork { get; init; } = 512L * 1024 * 1024;
}

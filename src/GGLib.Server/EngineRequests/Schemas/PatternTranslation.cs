using static GGLib.Server.EngineRequests.Schemas.PatternNode;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>
/// Regular expressions in schemas. llama-server enforces a pattern only when it begins with <c>^</c>, ends with <c>$</c> and uses no assertions and no classes such as <c>\d</c>; it rejects the
/// request for some patterns, and hangs on others.
/// </summary>
internal static class PatternTranslation
{
    private static readonly PatternNode AnyText = new Repeat(new Character(CharacterSet.All), 0, null);

    /// <summary>
    /// The pattern in the form that the engine enforces; it matches the same texts, or more. Null when the engine cannot enforce it: it is not a regular expression, is too ambiguous, or matches
    /// every text.
    /// </summary>
    public static string? Translate(string pattern)
    {
        if (pattern.Length > SchemaLimits.PatternLength || PatternParser.Parse(pattern) is not { } parsed)
        {
            return null;
        }

        var options = new List<PatternNode>();
        foreach (var branch in Branches(parsed))
        {
            if (Search(branch) is not { } option)
            {
                return null;
            }

            options.Add(option);
        }

        var whole = PatternSimplification.AsChoice(options);
        if (whole is Repeat { Min: 0, Max: null, Body: Character { Set: var set } } && set.Covers(PatternClasses.Dot))
        {
            return null;
        }

        if (!PatternAmbiguity.IsAcceptable(whole))
        {
            return null;
        }

        var written = PatternWriter.Write(whole);
        return written.Length > 4 * SchemaLimits.PatternLength ? null : whole is Choice ? $"^({written})$" : $"^{written}$";
    }

    /// <summary>A pattern for people and models to read, in a form that the engine ignores.</summary>
    public static string Unenforced(string pattern) => pattern is ['^', .., '$'] ? $"(?:{pattern})" : pattern;

    private static IEnumerable<PatternNode> Branches(PatternNode node) => node switch
    {
        Choice choice => choice.Options.SelectMany(Branches),
        Sequence { Items: [Choice only] } => Branches(only),
        Sequence { Items: [Sequence only] } => Branches(only),

        // ^(a|b$): the anchors of each option count, and those around it.
        Sequence { Items: [Anchor { IsEnd: false } start, Choice inner] } => inner.Options.Select(option => new Sequence([start, option])),
        Sequence { Items: [Choice inner, Anchor { IsEnd: true } end] } => inner.Options.Select(option => new Sequence([option, end])),
        _ => [node],
    };

    /// <summary>The texts in which one branch occurs; null when it has anchors in the middle.</summary>
    private static PatternNode? Search(PatternNode branch)
    {
        var items = Flat(branch).ToList();
        var start = items.TakeWhile(static item => item is Anchor { IsEnd: false }).Count();
        items.RemoveRange(0, start);
        var end = items.AsEnumerable().Reverse().TakeWhile(static item => item is Anchor { IsEnd: true }).Count();
        items.RemoveRange(items.Count - end, end);
        if (items.Any(HasAnchor))
        {
            return null;
        }

        if (start == 0)
        {
            items = Shortest(items);
            items.Insert(0, AnyText);
        }

        if (end == 0)
        {
            items.Reverse();
            items = Shortest(items);
            items.Reverse();
            items.Add(AnyText);
        }

        return PatternSimplification.Simplify(new Sequence(items));
    }

    private static IEnumerable<PatternNode> Flat(PatternNode node) => node is Sequence sequence ? sequence.Items.SelectMany(Flat) : [node];

    private static bool HasAnchor(PatternNode node) => node switch
    {
        Anchor => true,
        Sequence sequence => sequence.Items.Any(HasAnchor),
        Choice choice => choice.Options.Any(HasAnchor),
        Repeat repeat => HasAnchor(repeat.Body),
        _ => false,
    };

    /// <summary>Next to text that may be anything, the least number of repetitions says the same.</summary>
    private static List<PatternNode> Shortest(List<PatternNode> items)
    {
        items = [.. items];
        while (items is [Repeat { Min: 0 }, ..])
        {
            items.RemoveAt(0);
        }

        if (items is [Repeat { Min: var min, Body: Character } first, ..])
        {
            items[0] = first with { Max = min };
        }

        return items;
    }
}

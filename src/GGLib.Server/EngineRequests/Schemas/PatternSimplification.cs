using static GGLib.Server.EngineRequests.Schemas.PatternNode;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>
/// Rewrites a pattern into one that matches the same texts, or more, in fewer ways: the engine takes a step for every way in which a text can match, and a body that may be empty must not be
/// repeated.
/// </summary>
internal static class PatternSimplification
{
    public static PatternNode Simplify(PatternNode node) => node switch
    {
        Sequence sequence => InSequence(sequence.Items.Select(Simplify)),
        Choice choice => AsChoice(choice.Options.Select(Simplify)),
        Repeat repeat => AsRepeat(Simplify(repeat.Body), repeat.Min, repeat.Max),
        _ => node,
    };

    public static PatternNode InSequence(IEnumerable<PatternNode> items)
    {
        var result = new List<PatternNode>();
        foreach (var item in items.SelectMany(static item => item is Sequence inner ? inner.Items : [item]))
        {
            if (result.Count > 0 && Joined(result[^1], item) is { } joined)
            {
                result[^1] = joined;
            }
            else
            {
                result.Add(item);
            }
        }

        return result is [var only] ? only : new Sequence(result);
    }

    public static PatternNode AsChoice(IEnumerable<PatternNode> options)
    {
        var result = new List<PatternNode>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var optional = false;
        foreach (var option in options.SelectMany(static option => option is Choice inner ? inner.Options : [option]))
        {
            if (option is Sequence { Items: [] })
            {
                optional = true;
            }
            else if (option is Character character && result.FindIndex(static other => other is Character) is >= 0 and var index)
            {
                result[index] = new Character(((Character)result[index]).Set.Union(character.Set));
            }
            else if (seen.Add(PatternWriter.Write(option)))
            {
                result.Add(option);
            }
        }

        var choice = result switch { [] => Nothing, [var only] => only, _ => new Choice(result) };
        return optional && !choice.IsNullable ? new Repeat(choice, 0, 1) : choice;
    }

    public static PatternNode AsRepeat(PatternNode body, int min, int? max)
    {
        if (max == 0 || body is Sequence { Items: [] })
        {
            return Nothing;
        }

        if (body.IsNullable)
        {
            body = Simplify(NonEmpty(body));
            min = 0;
        }

        if (body is Repeat inner && (inner.Min <= 1 || (inner.Min == inner.Max && min == max)))
        {
            body = inner.Body;
            min = Product(inner.Min, min)!.Value;
            max = Product(inner.Max, max);
        }

        return (min, max) == (1, 1) ? body : new Repeat(body, min, max);
    }

    private static int? Product(int? left, int? right) => left is { } first && right is { } second ? (int)Math.Min((long)first * second, int.MaxValue) : null;

    /// <summary>Two neighbors that repeat the same as one; null when they do not.</summary>
    private static Repeat? Joined(PatternNode left, PatternNode right)
    {
        if (left is not Repeat && right is not Repeat)
        {
            return null;
        }

        var (first, second) = (AsRepeated(left), AsRepeated(right));
        return PatternWriter.Write(first.Body) != PatternWriter.Write(second.Body)
            ? null
            : new(first.Body, (int)Math.Min((long)first.Min + second.Min, int.MaxValue), first.Max is { } most && second.Max is { } more ? (int)Math.Min((long)most + more, int.MaxValue) : null);

        static Repeat AsRepeated(PatternNode node) => node as Repeat ?? new(node, 1, 1);
    }

    /// <summary>The texts of a nullable pattern but for the empty one.</summary>
    private static PatternNode NonEmpty(PatternNode node)
    {
        switch (node)
        {
            case Sequence { IsNullable: true } sequence:
                var options = new List<PatternNode>();
                for (var index = 0; index < sequence.Items.Count; index++)
                {
                    options.Add(new Sequence([NonEmpty(sequence.Items[index]), .. sequence.Items.Skip(index + 1)]));
                }

                return new Choice(options);
            case Choice choice:
                return new Choice([.. choice.Options.Where(static option => option is not Sequence { Items: [] }).Select(NonEmpty)]);
            case Repeat repeat:
                return new Repeat(NonEmpty(repeat.Body), Math.Max(repeat.Min, 1), repeat.Max);
            default:
                return node;
        }
    }
}

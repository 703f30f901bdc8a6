using static GGLib.Server.EngineRequests.Schemas.PatternNode;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>
/// Estimates in how many ways a text can match a pattern. The engine follows all of them for every token of the vocabulary, so that <c>([a-z]+ ?)+</c> would occupy it for minutes. The pattern is
/// expanded into positions, one for each character, and the paths through them are counted for the worst text.
/// </summary>
internal sealed class PatternAmbiguity
{
    private const int MaxPositions = 1500;
    private const int Expanded = 16;
    private const int TextLength = 48;
    private const double MaxPaths = 1500;

    private readonly List<CharacterSet> _sets = [];
    private readonly List<Dictionary<int, double>> _next = [];
    private bool _tooLong;

    private PatternAmbiguity()
    {
    }

    /// <summary>Whether the engine can follow the pattern.</summary>
    public static bool IsAcceptable(PatternNode pattern)
    {
        var positions = new PatternAmbiguity();
        positions.Add(pattern);
        return !positions._tooLong && positions.Paths() <= MaxPaths;
    }

    /// <param name="Empty">Number of ways to match the empty text.</param>
    /// <param name="First">The positions at which a text may begin, with the number of ways.</param>
    /// <param name="Last">The positions at which a text may end, with the number of ways.</param>
    private sealed record Part(double Empty, Dictionary<int, double> First, Dictionary<int, double> Last);

    private Part Add(PatternNode node)
    {
        switch (node)
        {
            case Character character when _sets.Count < MaxPositions:
                _sets.Add(character.Set);
                _next.Add([]);
                return new(0, new() { [_sets.Count - 1] = 1 }, new() { [_sets.Count - 1] = 1 });
            case Character:
                _tooLong = true;
                return new(1, [], []);
            case Sequence sequence:
                return sequence.Items.Aggregate(new Part(1, [], []), (whole, item) => Follow(whole, Add(item)));
            case Choice choice:
                return choice.Options.Select(Add).Aggregate(static (left, right) => new Part(left.Empty + right.Empty, Sum(left.First, right.First, 1), Sum(left.Last, right.Last, 1)));
            case Repeat repeat:
                return AddRepeat(repeat);
            default:
                return new(1, [], []);
        }
    }

    private Part AddRepeat(Repeat repeat)
    {
        var whole = new Part(1, [], []);
        for (var count = 0; count < Math.Min(repeat.Min, Expanded) && !_tooLong; count++)
        {
            whole = Follow(whole, Add(repeat.Body));
        }

        if (repeat.Max > repeat.Min && repeat.Max - repeat.Min <= Expanded)
        {
            // (X(X(X)?)?)?
            var rest = new Part(1, [], []);
            for (var count = repeat.Min; count < repeat.Max && !_tooLong; count++)
            {
                rest = Follow(Add(repeat.Body), rest);
                rest = rest with { Empty = rest.Empty + 1 };
            }

            return Follow(whole, rest);
        }

        if (repeat.Max == repeat.Min && repeat.Min <= Expanded)
        {
            return whole;
        }

        var body = Add(repeat.Body);
        Connect(body.Last, body.First);
        return Follow(whole, body with { Empty = 1 });
    }

    private Part Follow(Part left, Part right)
    {
        Connect(left.Last, right.First);
        return new(left.Empty * right.Empty, Sum(left.First, right.First, left.Empty), Sum(right.Last, left.Last, right.Empty));
    }

    private void Connect(Dictionary<int, double> from, Dictionary<int, double> to)
    {
        if ((long)from.Count * to.Count > 100_000)
        {
            _tooLong = true;
            return;
        }

        foreach (var (start, ways) in from)
        {
            foreach (var (end, more) in to)
            {
                _next[start][end] = _next[start].GetValueOrDefault(end) + (ways * more);
            }
        }
    }

    private static Dictionary<int, double> Sum(Dictionary<int, double> left, Dictionary<int, double> right, double factor)
    {
        if (factor == 0 || right.Count == 0)
        {
            return left;
        }

        var sum = new Dictionary<int, double>(left);
        foreach (var (position, ways) in right)
        {
            sum[position] = sum.GetValueOrDefault(position) + (ways * factor);
        }

        return sum;
    }

    private double Paths()
    {
        if (_sets.Count == 0)
        {
            return 0;
        }

        var characters = _sets.SelectMany(static set => set.Ranges.Select(static range => range.Start))
            .Distinct()
            .DistinctBy(character => string.Concat(_sets.Select(set => set.Contains(character) ? '1' : '0')))
            .ToArray();
        var members = characters.Select(character => _sets.Select(set => set.Contains(character)).ToArray()).ToArray();

        // Starting everywhere finds ambiguity behind a long beginning, too.
        var worst = Follow(members, mixed: true);
        for (var index = 0; index < members.Length && worst <= MaxPaths; index++)
        {
            worst = Math.Max(worst, Follow([members[index]], mixed: false));
        }

        return worst;
    }

    /// <summary>The paths that a text of characters takes, the worst one at each step, for the mean of all starts.</summary>
    private double Follow(bool[][] characters, bool mixed)
    {
        var paths = characters[0].Select(static _ => 1.0).ToArray();
        var most = 0.0;
        for (var step = 0; step < (mixed ? TextLength / 2 : TextLength); step++)
        {
            double[]? best = null;
            var bestSum = 0.0;
            foreach (var members in characters)
            {
                var next = new double[paths.Length];
                for (var from = 0; from < paths.Length; from++)
                {
                    if (paths[from] == 0)
                    {
                        continue;
                    }

                    foreach (var (to, ways) in _next[from])
                    {
                        if (members[to])
                        {
                            next[to] += paths[from] * ways;
                        }
                    }
                }

                var sum = next.Sum();
                if (sum > bestSum)
                {
                    (best, bestSum) = (next, sum);
                }
            }

            if (best is null)
            {
                break;
            }

            paths = best;
            most = Math.Max(most, bestSum);
        }

        // A start at each position counts as one way; a single start takes no more than the sum, and no less than the mean.
        return most / Math.Max(1, paths.Length / 8.0);
    }
}

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>A set of Unicode code points, as sorted ranges that neither overlap nor touch. Immutable.</summary>
internal sealed class CharacterSet
{
    private const int Last = 0x10FFFF;

    private CharacterSet(IReadOnlyList<(int Start, int End)> ranges) => Ranges = ranges;

    /// <summary>Every code point.</summary>
    public static CharacterSet All { get; } = Of((0, Last));

    /// <summary>No code point.</summary>
    public static CharacterSet None { get; } = Of();

    /// <summary>The ranges, both ends included, in ascending order.</summary>
    public IReadOnlyList<(int Start, int End)> Ranges { get; }

    public bool IsEmpty => Ranges.Count == 0;

    /// <summary>The only code point, or null when there are several or none.</summary>
    public int? Single => Ranges is [var (start, end)] && start == end ? start : null;

    /// <summary>Number of code points.</summary>
    public int Count => Ranges.Sum(static range => range.End - range.Start + 1);

    /// <summary>The set of all code points in some ranges, in any order.</summary>
    public static CharacterSet Of(params IEnumerable<(int Start, int End)> ranges)
    {
        var merged = new List<(int Start, int End)>();
        foreach (var range in ranges.Order())
        {
            if (merged.Count > 0 && range.Start <= merged[^1].End + 1)
            {
                merged[^1] = (merged[^1].Start, Math.Max(merged[^1].End, range.End));
            }
            else
            {
                merged.Add(range);
            }
        }

        return new(merged);
    }

    public static CharacterSet Of(int codePoint) => Of((codePoint, codePoint));

    public bool Contains(int codePoint) => Ranges.Any(range => range.Start <= codePoint && codePoint <= range.End);

    public CharacterSet Union(CharacterSet other) => Of([.. Ranges, .. other.Ranges]);

    public CharacterSet Complement()
    {
        var gaps = new List<(int Start, int End)>();
        var next = 0;
        foreach (var (start, end) in Ranges)
        {
            if (start > next)
            {
                gaps.Add((next, start - 1));
            }

            next = end + 1;
        }

        if (next <= Last)
        {
            gaps.Add((next, Last));
        }

        return new(gaps);
    }

    public CharacterSet Intersect(CharacterSet other) => Complement().Union(other.Complement()).Complement();

    public CharacterSet Except(CharacterSet other) => Intersect(other.Complement());

    /// <summary>Whether every code point of <paramref name="other"/> is in this set.</summary>
    public bool Covers(CharacterSet other) => other.Except(this).IsEmpty;

    /// <summary>The set with the other case of each ASCII letter.</summary>
    public CharacterSet WithBothCases()
    {
        var upper = Intersect(Of(('A', 'Z'))).Ranges.Select(static range => (range.Start + 32, range.End + 32));
        var lower = Intersect(Of(('a', 'z'))).Ranges.Select(static range => (range.Start - 32, range.End - 32));
        return Of([.. Ranges, .. upper, .. lower]);
    }
}

namespace GGLib.Rendering;

/// <summary>What somebody may have meant.</summary>
internal static class NearNames
{
    private const int Most = 3;

    /// <summary>The known names that are close to a word, the closest first; few or none.</summary>
    public static IReadOnlyList<string> Of(string word, IEnumerable<string> known) =>
    [
        .. known.Distinct()
            .Select(name => (Name: name, Distance: Distance(word.ToLowerInvariant(), name.ToLowerInvariant())))
            .Where(candidate => candidate.Distance <= Math.Max(1, (word.Length + 1) / 3) || Begins(candidate.Name, word) || Begins(word, candidate.Name))
            .OrderBy(static candidate => candidate.Distance)
            .ThenBy(static candidate => candidate.Name, StringComparer.Ordinal)
            .Take(Most)
            .Select(static candidate => candidate.Name),
    ];

    /// <summary>A question to put behind a sentence, with a space before it; empty when nothing is close.</summary>
    public static string Question(string word, IEnumerable<string> known) =>
        Of(word, known) is { Count: > 0 } near ? $" Did you mean {string.Join(" or ", near.Select(static name => $"'{SafeText.OneLine(name, 100)}'"))}?" : "";

    private static bool Begins(string text, string start) => start.Length > 2 && text.StartsWith(start, StringComparison.OrdinalIgnoreCase);

    /// <summary>Insertions, deletions and changes of a character.</summary>
    private static int Distance(string from, string to)
    {
        var above = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = above[0];
            above[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var cost = Math.Min(diagonal + (from[i - 1] == to[j - 1] ? 0 : 1), Math.Min(above[j], above[j - 1]) + 1);
                (diagonal, above[j]) = (above[j], cost);
            }
        }

        return above[^1];
    }
}

namespace GGLib.Configuration;

/// <summary>Finds what somebody may have meant.</summary>
internal static class NearestName
{
    /// <summary>The known name with the fewest letters to change; null when none is near.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var (nearest, distance) = known.Select(candidate => (candidate, Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant()))).MinBy(static pair => pair.Item2);
        return nearest is not null && distance <= Math.Max(2, name.Length / 3) ? nearest : null;
    }

    /// <summary>Letters to put in, take out or change (Levenshtein).</summary>
    private static int Distance(string first, string second)
    {
        var row = Enumerable.Range(0, second.Length + 1).ToArray();
        for (var i = 0; i < first.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < second.Length; j++)
            {
                var changed = diagonal + (first[i] == second[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(changed, Math.Min(row[j], row[j + 1]) + 1);
            }
        }

        return row[second.Length];
    }
}

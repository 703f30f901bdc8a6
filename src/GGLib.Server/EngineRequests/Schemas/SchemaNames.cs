namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>Names of properties.</summary>
internal static class SchemaNames
{
    // The engine nests a group for each character; 1,000 levels are rejected, 50,000 end its process.
    private const int MaxLength = 200;

    /// <summary>Whether the engine can describe all other names: it writes a tree of the names' characters into character classes without escaping them.</summary>
    public static bool CanBeExcluded(IReadOnlyList<string> names)
    {
        if (names.Any(static name => name.Length is 0 or > MaxLength || name.AsSpan().IndexOfAny("[]\\^\"") >= 0 || name.Any(static character => character < ' ')))
        {
            return false;
        }

        // A hyphen is a range between its neighbors in a class, unless it is the only character there.
        return names.Where(static name => name.Contains('-', StringComparison.Ordinal)).All(name => Hyphens(name).All(index =>
            !names.Any(other => other.Length > index && other[index] != '-' && string.CompareOrdinal(other, 0, name, 0, index) == 0)));

        static IEnumerable<int> Hyphens(string name) => Enumerable.Range(0, name.Length).Where(index => name[index] == '-');
    }
}

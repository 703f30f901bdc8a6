using System.Globalization;
using System.IO.Enumeration;

namespace GGLib.Acceptance.Replay;

/// <summary>A deliberate difference: one row of <c>docs/api/ollama-differences.md</c>.</summary>
/// <param name="Exchanges">Numbers of exchanges, or <c>*</c>.</param>
/// <param name="What">As in <see cref="Difference.What"/>, with <c>*</c> as wildcard.</param>
/// <param name="Reason">Why.</param>
internal sealed record ListedDifference(string Exchanges, string What, string Reason)
{
    private const string Pending = "pending";

    /// <summary>Whether the exchange is not compared at all, because what it asks for does not exist yet.</summary>
    public bool IsPending => What == Pending;

    public bool Covers(Exchange exchange) =>
        Exchanges == "*" || Exchanges.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(part => Includes(part, exchange.Number));

    public bool Covers(Difference difference) => Covers(difference.Exchange) && FileSystemName.MatchesSimpleExpression(What, difference.What, ignoreCase: false);

    /// <summary>The table's rows: <c>| exchanges | `difference` | reason |</c>.</summary>
    public static IReadOnlyList<ListedDifference> Read(string file) =>
    [
        .. File.ReadLines(file)
            .Where(static line => line.StartsWith('|'))
            .Select(static line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries))
            .Where(static cells => cells.Length == 3 && cells[0].Length > 0 && (cells[0][0] == '*' || cells[0][0] == '`' || char.IsAsciiDigit(cells[0][0])))
            .Select(static cells => new ListedDifference(cells[0].Trim('`'), cells[1].Trim('`'), cells[2])),
    ];

    private static bool Includes(string part, int number)
    {
        var ends = part.Split('–');
        var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
        return number >= first && number <= (ends.Length > 1 ? int.Parse(ends[1], CultureInfo.InvariantCulture) : first);
    }
}

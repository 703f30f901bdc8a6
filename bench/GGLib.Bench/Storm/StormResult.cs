namespace GGLib.Bench.Storm;

/// <summary>How a storm went.</summary>
/// <param name="Waits">Milliseconds from request to whole answer, in order.</param>
/// <param name="Errors">Errors in the API's own form.</param>
/// <param name="Malformed">Anything else, and what never came.</param>
/// <param name="Started">Children started.</param>
/// <param name="Most">Most children at once.</param>
/// <param name="Killed">Children killed.</param>
internal sealed record StormResult(IReadOnlyList<double> Waits, int Errors, int Malformed, int Started, int Most, int Killed)
{
    public int Answers => Waits.Count;

    public double Wait(double part) => Waits.Count == 0 ? 0 : Waits[Math.Min(Waits.Count - 1, (int)(Waits.Count * part))];
}

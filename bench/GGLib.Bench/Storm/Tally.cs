using System.Collections.Concurrent;

namespace GGLib.Bench.Storm;

/// <summary>What came of many questions. Safe for any number of threads.</summary>
internal sealed class Tally
{
    private readonly ConcurrentBag<double> _waits = [];
    private readonly ConcurrentBag<StormFault> _faults = [];

    public int Answers => _waits.Count;

    /// <summary>Errors in the API's own form.</summary>
    public int Errors => _faults.Count(static fault => fault.IsWellFormed);

    /// <summary>Anything else, and what never came.</summary>
    public int Malformed => _faults.Count(static fault => !fault.IsWellFormed);

    /// <summary>The faults, the same ones together, the most frequent first.</summary>
    public IEnumerable<string> Faults => _faults.GroupBy(static fault => fault).OrderByDescending(static group => group.Count())
        .Select(static group => $"{group.Count()} × {(group.Key.IsWellFormed ? "error" : "MALFORMED")} {group.Key.Text}");

    /// <param name="fault">What was wrong; null: nothing.</param>
    /// <param name="wait">From the question to the whole answer.</param>
    public void Add(StormFault? fault, TimeSpan wait)
    {
        if (fault is null)
        {
            _waits.Add(wait.TotalMilliseconds);
        }
        else
        {
            _faults.Add(fault);
        }
    }

    /// <summary>Milliseconds that a part of the answers, 0 to 1, took at most.</summary>
    public double Wait(double part) => _waits.Order().ElementAtOrDefault(Math.Min(_waits.Count - 1, (int)(_waits.Count * part)));
}

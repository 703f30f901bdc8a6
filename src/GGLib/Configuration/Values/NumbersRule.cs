namespace GGLib.Configuration.Values;

/// <summary>A list of numbers that are not negative, of which one is more than 0.</summary>
internal sealed class NumbersRule() : ListRule<double>("a list of numbers from 0, not all 0", new NumberRule(0, 1_000_000), least: 1)
{
    protected override bool Holds(IReadOnlyList<double> values) => values.Sum() > 0;
}

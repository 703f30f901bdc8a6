using System.Globalization;

namespace GGLib.Bench.Measuring;

/// <summary>One figure over the rounds.</summary>
internal sealed class Series
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    public double Median => Percentile(_values, 0.5);

    public void Add(double value) => _values.Add(value);

    /// <summary>The median, and in brackets the least and the greatest.</summary>
    public string Text(string format)
    {
        return _values.Count == 0 ? "" : $"{Format(Median)} ({Format(_values.Min())}–{Format(_values.Max())})";

        string Format(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>The value below which a part of the values lie; not a number when there are none.</summary>
    public static double Percentile(List<double> values, double part)
    {
        if (values.Count == 0)
        {
            return double.NaN;
        }

        var sorted = values.Order().ToArray();
        var at = part * (sorted.Length - 1);
        var below = (int)at;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (at - below));
    }
}

using System.Globalization;

namespace GGLib.Server.Requests;

/// <summary>Go's durations: <c>300ms</c>, <c>-1.5h</c>, <c>2h45m</c>. Source: the documentation of <c>time.ParseDuration</c>.</summary>
public static class GoDuration
{
    private static readonly (string Name, double Nanoseconds)[] Units =
    [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ];

    /// <summary>Parses a duration.</summary>
    /// <returns>False with Go's own message when the text is none.</returns>
    public static bool TryParse(string text, out TimeSpan duration, out string? error)
    {
        duration = TimeSpan.Zero;
        error = null;
        var rest = text.AsSpan();
        var negative = rest is ['-', ..];
        if (rest is ['-' or '+', ..])
        {
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return true;
        }

        if (rest.IsEmpty)
        {
            error = $"time: invalid duration \"{text}\"";
            return false;
        }

        var nanoseconds = 0.0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            var number = digits < 0 ? rest : rest[..digits];
            if (number.IsEmpty || number is "." || number.Count('.') > 1
                || !double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            {
                error = $"time: invalid duration \"{text}\"";
                return false;
            }

            rest = rest[number.Length..];
            var end = rest.IndexOfAny("0123456789.");
            var unit = end < 0 ? rest : rest[..end];
            if (unit.IsEmpty)
            {
                error = $"time: missing unit in duration \"{text}\"";
                return false;
            }

            var scale = Scale(unit);
            if (scale is null)
            {
                error = $"time: unknown unit \"{unit}\" in duration \"{text}\"";
                return false;
            }

            nanoseconds += value * scale.Value;
            rest = rest[unit.Length..];
        }

        if (nanoseconds > long.MaxValue)
        {
            error = $"time: invalid duration \"{text}\"";
            return false;
        }

        duration = TimeSpan.FromTicks((long)(nanoseconds / 100));
        if (negative)
        {
            duration = -duration;
        }

        return true;
    }

    private static double? Scale(ReadOnlySpan<char> unit)
    {
        foreach (var (name, nanoseconds) in Units)
        {
            if (unit.SequenceEqual(name))
            {
                return nanoseconds;
            }
        }

        return null;
    }
}

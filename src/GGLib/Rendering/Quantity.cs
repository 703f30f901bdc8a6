using System.Globalization;

namespace GGLib.Rendering;

/// <summary>Numbers as people read them.</summary>
internal static class Quantity
{
    /// <summary>Bytes in decimal units, as file managers and Ollama show them.</summary>
    public static string Bytes(long bytes)
    {
        var (value, unit) = bytes switch
        {
            >= 1_000_000_000 => (bytes / 1e9, "GB"),
            >= 1_000_000 => (bytes / 1e6, "MB"),
            >= 1_000 => (bytes / 1e3, "KB"),
            _ => (bytes, "B"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{value.ToString(value >= 10 || unit == "B" ? "F0" : "F1", CultureInfo.InvariantCulture)} {unit}");
    }

    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s");

    public static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F0} ms");

    public static string Rate(double tokensPerSecond) => string.Create(CultureInfo.InvariantCulture, $"{tokensPerSecond:F1} tokens/s");

    public static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A time ahead in one unit, for example <c>4 minutes</c>.</summary>
    public static string Roughly(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => "less than a second",
        { TotalMinutes: < 1 } => Counted((long)time.TotalSeconds, "second"),
        { TotalHours: < 1 } => Counted((long)time.TotalMinutes, "minute"),
        { TotalHours: < 48 } => Counted((long)Math.Round(time.TotalHours), "hour"),
        _ => Counted((long)time.TotalDays, "day"),
    };

    /// <summary>A measured duration in the form that Go programs print, for example <c>1m2.5s</c> or <c>512.3ms</c>.</summary>
    /// <param name="nanoseconds">Not negative.</param>
    public static string Measured(long nanoseconds)
    {
        return nanoseconds switch
        {
            < 1_000 => Exactly(nanoseconds, "ns"),
            < 1_000_000 => Exactly(nanoseconds / 1e3m, "µs"),
            < 1_000_000_000 => Exactly(nanoseconds / 1e6m, "ms"),
            _ => $"{(nanoseconds >= 3_600_000_000_000 ? Whole(nanoseconds / 3_600_000_000_000) + "h" : "")}{(nanoseconds >= 60_000_000_000 ? Whole(nanoseconds / 60_000_000_000 % 60) + "m" : "")}{Exactly(nanoseconds % 60_000_000_000 / 1e9m, "s")}",
        };

        static string Exactly(decimal value, string unit) => value.ToString("0.#########", CultureInfo.InvariantCulture) + unit;
    }

    private static string Counted(long count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{count} {unit}{(count == 1 ? "" : "s")}");
}

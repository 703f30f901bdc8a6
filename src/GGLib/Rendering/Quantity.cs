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
}

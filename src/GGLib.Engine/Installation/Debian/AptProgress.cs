using System.Globalization;

namespace GGLib.Engine.Installation.Debian;

/// <summary>Turns apt's own progress lines into ours.</summary>
internal sealed class AptProgress(IProgress<InstallProgress> progress, InstallPhase phase, string detail)
{
    private long? _total;

    public void OnLine(string line)
    {
        if (line.StartsWith("Need to get ", StringComparison.Ordinal))
        {
            _total = Size(line["Need to get ".Length..]);
        }
        else if (line.StartsWith("dlstatus:", StringComparison.Ordinal)
            && line.Split(':') is [_, _, var percent, ..]
            && double.TryParse(percent, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            long? bytes = _total is { } total ? (long)(total * value / 100) : null;
            progress.Report(new InstallProgress(phase, detail, bytes, _total) { Percent = value });
        }
    }

    /// <summary><c>19.4 MB of archives.</c>, or <c>12.0 MB/19.4 MB of archives.</c> when some are there already.</summary>
    internal static long? Size(string text)
    {
        var words = text.Split([' ', '/'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || !double.TryParse(words[0].Replace(",", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        double? unit = words[1] switch { "B" => 1, "kB" => 1e3, "MB" => 1e6, "GB" => 1e9, _ => null };
        return (long?)(number * unit);
    }
}

using System.Text.RegularExpressions;

namespace GGLib.Acceptance;

/// <summary>The address in the line with which <c>gglib proxy</c> says that it serves.</summary>
internal static partial class ServedAddress
{
    public static Uri? In(string line) => Served().Match(line) is { Success: true } match ? new Uri(match.Groups["address"].Value) : null;

    [GeneratedRegex(@"^Ollama API (?<address>http://[0-9.]+:[0-9]+)")]
    private static partial Regex Served();
}

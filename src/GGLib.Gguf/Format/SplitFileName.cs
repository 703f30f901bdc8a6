using System.Globalization;
using System.Text.RegularExpressions;

namespace GGLib.Gguf;

/// <summary>The file names of models split into parts: <c>NAME-00001-of-00003.gguf</c>. llama-server is given the first.</summary>
public static partial class SplitFileName
{
    /// <summary>A file name's stem without the part, itself when it has none.</summary>
    public static string WithoutPart(string stem) => Part().Replace(stem, "");

    /// <summary>Whether a path is that of a part.</summary>
    public static bool IsPart(string path) => Parse(path) is not null;

    /// <summary>Whether a path is that of a part other than the first.</summary>
    public static bool IsLaterPart(string path) => Parse(path) is { Number: > 1 };

    /// <summary>All parts' paths in order, or the path alone when its name is not that of a part. Made one by one: a name may claim 99,999.</summary>
    public static IEnumerable<string> PartsOf(string path) =>
        Parse(path) is { } parsed ? Enumerable.Range(1, parsed.Count).Select(parsed.Part) : [path];

    /// <summary>The path that stands for the model: the first part's, or the path itself.</summary>
    public static string FirstOf(string path) => Parse(path) is { } parsed ? parsed.Part(1) : path;

    private static ParsedName? Parse(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        // Asked for every request, and almost no model is split.
        if (!path.Contains("-of-", StringComparison.Ordinal) || !Path.GetExtension(path).Equals(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var stem = Path.GetFileNameWithoutExtension(path);
        var match = Part().Match(stem);
        if (!match.Success)
        {
            return null;
        }

        var count = int.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
        var number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        return number >= 1 && number <= count
            ? new ParsedName(Path.Combine(Path.GetDirectoryName(path) ?? "", stem[..match.Index]), number, count, Path.GetExtension(path))
            : null;
    }

    [GeneratedRegex("-(?<number>[0-9]{5})-of-(?<count>[0-9]{5})$", RegexOptions.CultureInvariant)]
    private static partial Regex Part();

    private readonly record struct ParsedName(string Prefix, int Number, int Count, string Extension)
    {
        public string Part(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}-{number:D5}-of-{Count:D5}{Extension}");
    }
}

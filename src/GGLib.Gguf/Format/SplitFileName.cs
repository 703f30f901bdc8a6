using System.Globalization;
using System.Text.RegularExpressions;

namespace GGLib.Gguf;

/// <summary>The file names of models split into parts: <c>NAME-00001-of-00003.gguf</c>. llama-server is given the first.</summary>
public static partial class SplitFileName
{
    /// <summary>A file name's stem without the part, itself when it has none.</summary>
    public static string WithoutPart(string stem) => Part().Replace(stem, "");

    /// <summary>All parts' paths in order, or the path alone when its name is not that of a part. The disk is not looked at.</summary>
    public static IReadOnlyList<string> PartsOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        // Asked for every request, and almost no model is split.
        if (!path.Contains("-of-", StringComparison.Ordinal))
        {
            return [path];
        }

        var stem = Path.GetFileNameWithoutExtension(path);
        var match = Part().Match(stem);
        if (!match.Success || !Path.GetExtension(path).Equals(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            return [path];
        }

        var count = int.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
        var number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        if (number < 1 || number > count)
        {
            return [path];
        }

        var prefix = Path.Combine(Path.GetDirectoryName(path) ?? "", stem[..match.Index]);
        return [.. Enumerable.Range(1, count).Select(part => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{part:D5}-of-{count:D5}{Path.GetExtension(path)}"))];
    }

    [GeneratedRegex("-(?<number>[0-9]{5})-of-(?<count>[0-9]{5})$", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}

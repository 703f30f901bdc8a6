using System.Text.RegularExpressions;
using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>The quantisation that a file's name ends in, which is the tag of a model in a repository of many.</summary>
internal static partial class QuantizationTag
{
    /// <summary>For example <c>Q4_K_M</c>, as it is spelled; null when the name does not say.</summary>
    public static string? Of(string path) =>
        Last().Match(SplitFileName.WithoutPart(Path.GetFileNameWithoutExtension(path))) is { Success: true } match ? match.Groups["tag"].Value : null;

    [GeneratedRegex("(^|[-_.])(?<tag>(UD-)?(I?Q[0-9]+(_[A-Z0-9]+)*|TQ[0-9]_[0-9]|MXFP4(_MOE)?|BF16|FP?16|FP?32))$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Last();
}

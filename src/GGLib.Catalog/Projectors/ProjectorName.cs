using System.Text.RegularExpressions;
using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>What the file names of a model and of its projector have in common.</summary>
internal static partial class ProjectorName
{
    /// <summary>Whether a file is named as llama.cpp's converter names projectors.</summary>
    public static bool IsProjector(string path) => Path.GetFileName(path).Contains("mmproj", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The name without folder, extension, part, quantisation and <c>mmproj</c>, in lower case: <c>gemma-3-4b-it</c> of
    /// <c>gemma-3-4b-it-Q4_K_M.gguf</c> and of <c>mmproj-gemma-3-4b-it-f16.gguf</c>. Null when nothing of its own is left, as of
    /// <c>mmproj-model-f16.gguf</c>.
    /// </summary>
    public static string? Family(string path)
    {
        var stem = SplitFileName.WithoutPart(Path.GetFileNameWithoutExtension(path));
        stem = Quantization().Replace(stem, "");
        stem = Quantization().Replace(Marker().Replace(stem, "-").Trim('-', '_', '.'), "").Replace('_', '-').Trim('-', '.');
#pragma warning disable CA1308 // A key, never shown.
        return stem.Length == 0 || stem.Equals("model", StringComparison.OrdinalIgnoreCase) ? null : stem.ToLowerInvariant();
#pragma warning restore CA1308
    }

    [GeneratedRegex("(^|[-_.])(UD-)?(I?Q[0-9]+(_[A-Z0-9]+)*|T?Q[0-9]_[0-9]|MXFP4(_MOE)?|BF16|FP?16|FP?32)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Quantization();

    [GeneratedRegex("(^|[-_.])mmproj([-_.]|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Marker();
}

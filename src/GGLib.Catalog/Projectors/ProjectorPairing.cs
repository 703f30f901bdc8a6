using System.Collections.Immutable;
using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>
/// Finds the projector that belongs to a model among the files beside it. A wrong one keeps the model from loading at all, so
/// where there is doubt there is none.
/// </summary>
internal static class ProjectorPairing
{
    // A folder with more files is a store of many models: only what is named as a projector is opened there, and it must match.
    private const int MostOpened = 100;

    // Variants of one projector differ little; F16 is what llama.cpp's converter makes.
    private static readonly ImmutableArray<string> Preferred = ["F16", "BF16", "F32", "Q8_0"];

    /// <summary>The projector's path, or null.</summary>
    public static string? Find(string modelPath, HeaderReading model, FolderHeaders headers)
    {
        var beside = headers.FilesBeside(modelPath);
        var isStore = beside.Count > MostOpened;
        var fitting = beside
            .Where(file => file != modelPath && (!isStore || ProjectorName.IsProjector(file)))
            .Select(file => new Candidate(file, headers.Read(file)))
            .Where(candidate => candidate.Header.Facts?.Kind is ModelFileKind.Projector && Fits(model, candidate.Header))
            .ToList();
        if (fitting.Count == 0)
        {
            return null;
        }

        return Best(fitting, candidate => Equal(ProjectorName.Family(modelPath), ProjectorName.Family(candidate.Path)))
            ?? Best(fitting, candidate => Equal(model.Facts?.Title, candidate.Header.Facts?.Title))
            ?? Best(fitting, candidate => Equal(model.BaseName, candidate.Header.BaseName))
            ?? (!isStore && IsOneFamily(beside, headers) ? Best(fitting, static _ => true) : null);
    }

    // Projectors of today state the width of the model they are for; those of old state something else under the same key.
    private static bool Fits(HeaderReading model, HeaderReading projector) =>
        !projector.IsTyped
        || projector.ProjectionLengths.IsEmpty
        || model.Facts is not { EmbeddingLength: > 0 } facts
        || projector.ProjectionLengths.Contains(facts.EmbeddingLength);

    private static string? Best(List<Candidate> candidates, Func<Candidate, bool> matches)
    {
        var matching = candidates.Where(matches).ToList();
        var kinds = matching.Select(static candidate => (
            ProjectorName.Family(candidate.Path), candidate.Header.BaseName, candidate.Header.Facts!.Title, string.Join(',', candidate.Header.Facts.Capabilities))).Distinct();
        return kinds.Count() == 1 ? matching.OrderBy(Rank).ThenBy(static candidate => candidate.Path, StringComparer.Ordinal).First().Path : null;
    }

    private static int Rank(Candidate candidate) => Preferred.IndexOf(candidate.Header.Facts!.Quantization) is >= 0 and var rank ? rank : Preferred.Length;

    private static bool IsOneFamily(IReadOnlyList<string> files, FolderHeaders headers) =>
        files
            .Where(static file => !SplitFileName.IsLaterPart(file))
            .Select(file => new Candidate(file, headers.Read(file)))
            .Where(static candidate => candidate.Header.Facts?.Kind is ModelFileKind.Model)
            .Select(static candidate => (candidate.Header.BaseName ?? candidate.Header.Facts!.Title ?? ProjectorName.Family(candidate.Path), candidate.Header.Facts!.EmbeddingLength))
            .Distinct()
            .Count() <= 1;

    private static bool Equal(string? left, string? right) => !string.IsNullOrWhiteSpace(left) && left.Equals(right, StringComparison.OrdinalIgnoreCase);

    private readonly record struct Candidate(string Path, HeaderReading Header);
}

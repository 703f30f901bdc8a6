using System.Collections.Immutable;

namespace GGLib.Catalog.Imports.Folders;

/// <summary>The models of one repository: files of one model in several quantisations, perhaps with a projector.</summary>
internal static class RepositoryModels
{
    // As a pairing beside the model prefers them.
    private static readonly ImmutableArray<string> Preferred = ["F16", "BF16", "F32", "Q8_0"];

    /// <param name="prefix">The name without a tag.</param>
    /// <param name="files">The repository's GGUF files, of a split model the first part.</param>
    /// <param name="kind">What keeps them.</param>
    /// <param name="reading">Where the models go.</param>
    /// <param name="headers">For files whose name does not say their quantisation.</param>
    public static void Take(string prefix, IReadOnlyList<string> files, StoreKind kind, StoreReading reading, FolderHeaders headers)
    {
        var models = files.Where(static file => !ProjectorName.IsProjector(file)).ToList();
        var projectors = files.Where(ProjectorName.IsProjector).ToList();
        foreach (var file in models)
        {
            if (Name(prefix, file, reading, headers) is not { } name)
            {
                reading.Refuse($"'{file}': no name can be made of '{prefix}'.");
            }
            else if (!reading.TryAdd(new StoreEntry(name, file, Projector(file, models, projectors), new ModelProfile { Source = ModelStore.WordOf(kind) })))
            {
                reading.Refuse($"'{file}': another file has the name '{name}'.");
            }
        }
    }

    /// <summary>A part of a name out of a folder's name: what it may not have is replaced by <c>-</c>.</summary>
    public static string Part(string folder, bool mayHaveDots)
    {
        var part = string.Concat(folder.Select(character => NameParts.IsInModel(character) && (mayHaveDots || character != '.') ? character : '-')).TrimStart('-', '.');
        return part.Length <= NameParts.MaxPartLength ? part : part[..NameParts.MaxPartLength];
    }

    private static ModelName? Name(string prefix, string file, StoreReading reading, FolderHeaders headers)
    {
        var quantization = QuantizationTag.Of(file) ?? (headers.Read(file).Facts?.Quantization is { Length: > 0 } known and not "unknown" ? known : ModelName.DefaultTag);
        return ModelName.TryParse($"{prefix}:{quantization}", out var name) && !reading.Has(name) ? name
            : ModelName.TryParse($"{prefix}:{FileNameToModel.Convert(file)}", out var longer) ? longer
            : null;
    }

    // Beside the model the catalog itself pairs. Above it, where quantisations have folders of their own, the only kind of projector goes with the only model.
    private static ProjectorChoice Projector(string file, List<string> models, List<string> projectors)
    {
        var folder = Path.GetDirectoryName(file);
        return projectors.Any(projector => Path.GetDirectoryName(projector) == folder)
            || projectors.Select(ProjectorName.Family).Distinct().Count() != 1
            || models.Select(ProjectorName.Family).Distinct().Count() != 1
                ? ProjectorChoice.Automatic
                : ProjectorChoice.File(projectors.OrderBy(Rank).ThenBy(static projector => projector, StringComparer.Ordinal).First());
    }

    private static int Rank(string projector) => Preferred.IndexOf(QuantizationTag.Of(projector)?.ToUpperInvariant() ?? "") is >= 0 and var rank ? rank : Preferred.Length;
}

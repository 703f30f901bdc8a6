using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>Makes the model part of a name out of a file name.</summary>
internal static class FileNameToModel
{
    private const string Extension = ".gguf";

    public static string Convert(string fileName)
    {
        // Either separator, on any system: the text may come from a database or a user.
        var stem = fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..];
        if (stem.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
        {
            stem = stem[..^Extension.Length];
        }

        stem = SplitFileName.WithoutPart(stem);
        var model = string.Concat(stem.Select(static character => NameParts.IsInModel(character) ? character : '-'));
        var first = model.AsSpan().IndexOfAnyExcept('-', '.');
        model = first < 0 ? "model" : model[first..];
        return model.Length <= NameParts.MaxPartLength ? model : model[..NameParts.MaxPartLength];
    }
}

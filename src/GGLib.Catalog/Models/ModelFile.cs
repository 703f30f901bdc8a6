using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>Reads what the catalog keeps of a model's files.</summary>
internal static class ModelFile
{
    /// <summary>The facts of a model, of a split one over all parts, or why there are none.</summary>
    public static (ModelFacts? Facts, string? Problem) ReadFacts(string path)
    {
        try
        {
            var parts = SplitFileName.PartsOf(path);
            var first = ReadHeader(parts[0]);
            return (parts.Count == 1 ? ModelFacts.From(first) : ModelFacts.From(first, parts.Skip(1).Select(ReadHeader)), null);
        }
        catch (Exception exception) when (exception is GgufException or IOException or UnauthorizedAccessException)
        {
            return (null, exception.Message);
        }
    }

    private static GgufFile ReadHeader(string path)
    {
        // Opening a named pipe would wait for a writer; pipes and devices have no length.
        return FileStamp.Target(path) is { Length: 0 } ? GgufFile.Read(Stream.Null) : GgufFile.Read(path);
    }
}

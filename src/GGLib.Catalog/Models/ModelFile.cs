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
            return (ModelFacts.From(GgufSet.Read(path)), null);
        }
        catch (Exception exception) when (exception is GgufException or IOException or UnauthorizedAccessException)
        {
            return (null, exception.Message);
        }
    }
}

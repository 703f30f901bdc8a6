using GGLib.Catalog;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Library;

/// <summary>The failure for a name that the library does not have.</summary>
internal static class UnknownModel
{
    public static CommandFailure In(ModelCatalog catalog, string name) =>
        new(ExitCode.NoModel, $"There is no model '{SafeText.OneLine(name)}' in the library.{Hint(catalog, name)}");

    /// <summary>The names that are near, else where to find all; with a space before it.</summary>
    public static string Hint(ModelCatalog catalog, string name) =>
        NearNames.Question(name, catalog.List().Select(static model => ModelText.Short(model.Name))) is { Length: > 0 } near ? near : " See: gglib list";
}

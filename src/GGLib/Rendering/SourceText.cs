using GGLib.Catalog;

namespace GGLib.Rendering;

/// <summary>Where a model came from, in a word.</summary>
internal static class SourceText
{
    /// <summary>A store's word or a registry's name; <c>file</c> for what was added.</summary>
    public static string Of(CatalogModel model) => model.Profile.Source is { } source ? SafeText.OneLine(source, 80) : "file";
}

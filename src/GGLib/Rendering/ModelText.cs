using GGLib.Catalog;

namespace GGLib.Rendering;

/// <summary>A model's name as people write it.</summary>
internal static class ModelText
{
    /// <summary>Without the tag that is implied.</summary>
    public static string Short(ModelName name) =>
        name.Display.EndsWith(":" + ModelName.DefaultTag, StringComparison.Ordinal) ? name.Display[..^(ModelName.DefaultTag.Length + 1)] : name.Display;
}

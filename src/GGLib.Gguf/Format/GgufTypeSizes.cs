namespace GGLib.Gguf;

/// <summary>How many bytes a value of a type takes in the file.</summary>
internal static class GgufTypeSizes
{
    /// <summary>Bytes of one value, or 0 for the types whose length is in the file (string, array).</summary>
    public static int FixedSize(this GgufType type) => type switch
    {
        GgufType.UInt8 or GgufType.Int8 or GgufType.Bool => 1,
        GgufType.UInt16 or GgufType.Int16 => 2,
        GgufType.UInt32 or GgufType.Int32 or GgufType.Float32 => 4,
        GgufType.UInt64 or GgufType.Int64 or GgufType.Float64 => 8,
        _ => 0,
    };

    /// <summary>The fewest bytes one value can take: bounds a count by the bytes that remain.</summary>
    public static int LeastSize(this GgufType type) => type switch
    {
        GgufType.String => 8,
        GgufType.Array => 12,
        _ => type.FixedSize(),
    };
}

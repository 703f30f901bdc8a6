namespace GGLib.Gguf;

/// <summary>The type of a metadata value, numbered as in the file format.</summary>
public enum GgufType
{
    /// <summary>8-bit unsigned integer.</summary>
    UInt8 = 0,

    /// <summary>8-bit signed integer.</summary>
    Int8 = 1,

    /// <summary>16-bit unsigned integer.</summary>
    UInt16 = 2,

    /// <summary>16-bit signed integer.</summary>
    Int16 = 3,

    /// <summary>32-bit unsigned integer.</summary>
    UInt32 = 4,

    /// <summary>32-bit signed integer.</summary>
    Int32 = 5,

    /// <summary>32-bit IEEE 754 number.</summary>
    Float32 = 6,

    /// <summary>One byte; zero is false.</summary>
    Bool = 7,

    /// <summary>UTF-8 text with a 64-bit length.</summary>
    String = 8,

    /// <summary>Values of one type, arrays included.</summary>
    Array = 9,

    /// <summary>64-bit unsigned integer.</summary>
    UInt64 = 10,

    /// <summary>64-bit signed integer.</summary>
    Int64 = 11,

    /// <summary>64-bit IEEE 754 number.</summary>
    Float64 = 12,
}

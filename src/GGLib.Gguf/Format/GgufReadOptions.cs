namespace GGLib.Gguf;

/// <summary>What to read beyond a header's ordinary needs, and what to insist on.</summary>
[Flags]
public enum GgufReadOptions
{
    /// <summary>Arrays over 64 KiB stay in the file, and the tensors the header promises must lie inside the file.</summary>
    None = 0,

    /// <summary>Keep every array, token lists included: megabytes for a real model.</summary>
    LargeArrays = 1,

    /// <summary>Accept a file that ends before its tensors do, such as the first megabytes of a download.</summary>
    HeaderOnly = 2,
}

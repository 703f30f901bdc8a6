namespace GGLib.Gguf;

/// <summary>What to read beyond a header's ordinary needs, and what to insist on.</summary>
[Flags]
public enum GgufReadOptions
{
    /// <summary>Arrays over 64 KiB and texts over 1 MiB stay in the file, and the tensors the header promises must lie inside the file.</summary>
    None = 0,

    /// <summary>Keep every array and text, token lists included: megabytes for a real model. Beyond 48 MiB they stay in the file all the same.</summary>
    LargeArrays = 1,

    /// <summary>Accept a file that ends before its tensors do, such as the first megabytes of a download.</summary>
    HeaderOnly = 2,
}

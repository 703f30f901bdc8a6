namespace GGLib.Gguf;

/// <summary>Says what a file is that people take for GGUF, by its first four bytes.</summary>
internal static class OtherFormats
{
    /// <summary>The end of a sentence that began with "The file is not a GGUF file:".</summary>
    public static string Describe(ReadOnlySpan<byte> mark)
    {
        // A clone without Git LFS leaves a note of three lines in place of every large file.
        if (mark.SequenceEqual("vers"u8))
        {
            return "it looks like a Git LFS pointer, so fetch the file itself with 'git lfs pull'";
        }

        if (mark.SequenceEqual("lmgg"u8) || mark.SequenceEqual("fmgg"u8) || mark.SequenceEqual("tjgg"u8) || mark.SequenceEqual("algg"u8))
        {
            return "it has the older GGML format, so convert the model again";
        }

        if (mark.StartsWith("PK"u8))
        {
            return "it is a ZIP archive, as PyTorch writes its models";
        }

        return mark.StartsWith("<"u8) ? "it is a web page, which a download has left in its place" : "it does not begin with 'GGUF'";
    }
}

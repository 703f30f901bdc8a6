namespace GGLib.Gguf;

/// <summary>
/// The bytes are not a GGUF file this library can read: not GGUF at all, cut short, damaged, or of an unsupported version.
/// The message is one sentence for a user, with the place in the file.
/// </summary>
public sealed class GgufException : Exception
{
    internal GgufException(string problem, long offset)
        : base($"{problem} (at byte {offset}).") => Offset = offset;

    /// <summary>Where in the file the problem was met, in bytes from its beginning.</summary>
    public long Offset { get; }
}

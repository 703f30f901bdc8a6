namespace GGLib.Gguf;

/// <summary>
/// The bytes are not a GGUF file this library can read: not GGUF at all, cut short, damaged, or of an unsupported version; or
/// the files of a split model do not belong together. The message is one sentence for a user, with the place in the file.
/// </summary>
public sealed class GgufException : Exception
{
    internal GgufException(string problem, long offset)
        : base($"{problem} (at byte {offset}).") => Offset = offset;

    /// <summary>A problem of a set of files rather than of a place in one.</summary>
    internal GgufException(string sentence, Exception? inner = null)
        : base(sentence, inner)
    {
    }

    /// <summary>Where in the file the problem was met, in bytes from its beginning; 0 where it is no place in one file.</summary>
    public long Offset { get; }

    /// <summary>A name from a file in a message: short, and without characters that would break a terminal.</summary>
    internal static string Shown(string name) =>
        string.Create(Math.Min(name.Length, 80), name, static (to, from) =>
        {
            for (var index = 0; index < to.Length; index++)
            {
                to[index] = char.IsControl(from[index]) || char.IsSurrogate(from[index]) ? '?' : from[index];
            }
        });
}

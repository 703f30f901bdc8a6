namespace GGLib.Server.Streaming;

/// <summary>A text that is looked for in bytes which may be cut in its middle.</summary>
internal static class PartialMatch
{
    /// <summary>How many bytes at the end are a beginning of the needle, but not all of it.</summary>
    public static int LengthAtEnd(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> needle)
    {
        var tail = bytes[^Math.Min(bytes.Length, needle.Length - 1)..];
        for (int at; (at = tail.IndexOf(needle[0])) >= 0; tail = tail[(at + 1)..])
        {
            if (needle.StartsWith(tail[at..]))
            {
                return tail.Length - at;
            }
        }

        return 0;
    }
}

namespace GGLib.Server.Streaming;

/// <summary>Searches for a text in data that arrives in pieces, which may split it.</summary>
internal static class PartialMatch
{
    /// <summary>Returns the number of bytes at the end that are a proper prefix of the needle.</summary>
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

using System.Diagnostics;
using System.Globalization;

namespace FakeLlama.Streaming;

/// <summary>Puts the moment of sending into a token's event. For one stream: what <see cref="On"/> returns is overwritten by its next call.</summary>
internal sealed class Stamp
{
    /// <summary>What is replaced: a mark and the digits of a 64-bit number.</summary>
    public const string Placeholder = "@0000000000000000000";

    private static readonly byte[] Mark = "@0000000000000000000"u8.ToArray();
    private byte[] stamped = [];

    public ReadOnlyMemory<byte> On(ReadOnlyMemory<byte> token)
    {
        var at = token.Span.IndexOf(Mark);
        if (at < 0)
        {
            return token;
        }

        if (stamped.Length < token.Length)
        {
            stamped = new byte[token.Length];
        }

        token.CopyTo(stamped);
        var nanoseconds = (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
        nanoseconds.TryFormat(stamped.AsSpan(at + 1), out _, "D19", CultureInfo.InvariantCulture);
        return stamped.AsMemory(0, token.Length);
    }
}

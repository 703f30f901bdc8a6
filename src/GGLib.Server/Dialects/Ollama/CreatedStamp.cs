using System.Globalization;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>
/// Writes <c>created_at</c> for one line after the other, as <see cref="OllamaTime.Created"/> has it. Lines come by the thousand in a second, so all but the
/// fraction is kept. For one answer; not thread-safe.
/// </summary>
internal sealed class CreatedStamp(TimeProvider time)
{
    /// <summary>The most bytes written.</summary>
    public const int Longest = 28;

    private const int FractionDigits = 7;

    private readonly byte[] _seconds = new byte["yyyy-MM-ddTHH:mm:ss".Length];
    private long _second = -1;

    /// <summary>Writes the time now in UTC and returns the bytes written.</summary>
    public int Write(Span<byte> destination)
    {
        var now = time.GetUtcNow();
        var (second, fraction) = Math.DivRem(now.Ticks, TimeSpan.TicksPerSecond);
        if (second != _second)
        {
            now.TryFormat(_seconds, out _, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
            _second = second;
        }

        _seconds.CopyTo(destination);
        var length = _seconds.Length;
        if (fraction > 0)
        {
            destination[length++] = (byte)'.';
            var digits = FractionDigits;
            for (; fraction % 10 == 0; fraction /= 10)
            {
                digits--;
            }

            for (var at = digits - 1; at >= 0; at--)
            {
                (fraction, var digit) = Math.DivRem(fraction, 10);
                destination[length + at] = (byte)('0' + digit);
            }

            length += digits;
        }

        destination[length++] = (byte)'Z';
        return length;
    }
}

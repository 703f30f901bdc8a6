using System.Globalization;
using System.Text.Json;

namespace GGLib.Gguf;

/// <summary>
/// Floats with the fewest digits that read back as the same number, laid out as Go's encoder does (Ollama's): plain decimals
/// from 1e-6 up to 1e21, an exponent beyond. .NET's own layout switches to <c>1E-05</c> earlier.
/// </summary>
internal static class ShortestNumber
{
    public static void Write(Utf8JsonWriter writer, float value)
    {
        if (!float.IsFinite(value))
        {
            // JSON has no word for it.
            writer.WriteNullValue();
            return;
        }

        writer.WriteRawValue(Layout(value.ToString("R", CultureInfo.InvariantCulture), MathF.Abs(value) is 0 or (>= 1e-6f and < 1e21f)));
    }

    public static void Write(Utf8JsonWriter writer, double value)
    {
        if (!double.IsFinite(value))
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteRawValue(Layout(value.ToString("R", CultureInfo.InvariantCulture), Math.Abs(value) is 0 or (>= 1e-6 and < 1e21)));
    }

    // .NET's shortest text has the right digits; only the place of the point may differ.
    private static string Layout(string shortest, bool plain)
    {
        var e = shortest.IndexOf('E', StringComparison.Ordinal);
        if (plain && e < 0)
        {
            return shortest;
        }

        var sign = shortest[0] == '-' ? "-" : "";
        var mantissa = (e < 0 ? shortest : shortest[..e])[sign.Length..];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var exponent = e < 0 ? 0 : int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

        // The value is 0.DIGITS times ten to the power of place.
        var place = (point < 0 ? mantissa.Length : point) + exponent;
        var padded = mantissa.Replace(".", "", StringComparison.Ordinal);
        var digits = padded.TrimStart('0');
        place -= padded.Length - digits.Length;
        digits = digits.TrimEnd('0');
        return sign + (plain ? Plain(digits, place) : Scientific(digits, place));
    }

    private static string Plain(string digits, int place) => place switch
    {
        <= 0 => "0." + new string('0', -place) + digits,
        _ when place >= digits.Length => digits + new string('0', place - digits.Length),
        _ => digits[..place] + "." + digits[place..],
    };

    private static string Scientific(string digits, int place)
    {
        var exponent = place - 1;
        var fraction = digits.Length > 1 ? "." + digits[1..] : "";
        return string.Create(CultureInfo.InvariantCulture, $"{digits[0]}{fraction}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent)}");
    }
}

using System.Globalization;

namespace GGLib.Catalog.Templates.Values;

/// <summary>Floating-point numbers as Go writes them.</summary>
internal static class FloatText
{
    /// <summary>As <c>%v</c>: the shortest digits that read back as the same number, with an exponent from 1e+06 up and below 1e-4.</summary>
    public static string Shortest(double value) => NotFinite(value) ?? Write(value, exponentFrom: 6, exponentBelow: -4, exponentDigits: 2);

    /// <summary>As JSON: an exponent from 1e21 up and below 1e-6. JSON has no infinities; data from JSON neither.</summary>
    public static string Json(double value) => NotFinite(value) ?? Write(value, exponentFrom: 21, exponentBelow: -6, exponentDigits: 1);

    /// <summary>As <c>%g</c> with a precision, or <c>%e</c>/<c>%f</c>; null precision is the shortest.</summary>
    public static string Format(double value, char verb, int? precision)
    {
        if (NotFinite(value) is { } special)
        {
            return special;
        }

        // .NET's formats agree with Go's but for the exponent's form.
        var upper = verb is 'E' or 'G';
        var text = char.ToLowerInvariant(verb) switch
        {
            'f' => precision is { } places ? value.ToString($"F{places}", CultureInfo.InvariantCulture) : Write(value, int.MaxValue, int.MinValue, 2),
            'e' => precision is { } places ? Exponent(value.ToString($"E{places}", CultureInfo.InvariantCulture)) : Write(value, int.MinValue, int.MaxValue, 2),
            _ when precision is { } significant => General(value, Math.Max(significant, 1)),
            _ => Shortest(value),
        };
        return upper ? text.ToUpperInvariant() : text;
    }

    private static string General(double value, int significant)
    {
        if (value == 0)
        {
            return double.IsNegative(value) ? "-0" : "0";
        }

        // Rounded first: 9.99 with two digits is 10, one place more.
        var (isNegative, digits, point) = Digits(value.ToString($"E{significant - 1}", CultureInfo.InvariantCulture));
        var exponent = point - 1;
        var threshold = significant > digits.Length && digits.Length >= point ? digits.Length : significant;
        return Compose(isNegative, digits, point, exponent < -4 || exponent >= threshold, 2);
    }

    private static string? NotFinite(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : null;

    private static string Write(double value, int exponentFrom, int exponentBelow, int exponentDigits)
    {
        var (isNegative, digits, point) = Digits(value.ToString("R", CultureInfo.InvariantCulture));
        var exponent = value == 0 ? 0 : point - 1;
        var scientific = value == 0 ? exponentFrom == int.MinValue : exponent < exponentBelow || exponent >= exponentFrom;
        return Compose(isNegative, digits, value == 0 ? 1 : point, scientific, exponentDigits);
    }

    // "-12.5E-7" as sign, digits without zeros at the ends, and how many of them stand before the point.
    private static (bool IsNegative, string Digits, int Point) Digits(string text)
    {
        var isNegative = text[0] == '-';
        var rest = isNegative ? text.AsSpan(1) : text;
        var shift = 0;
        var marker = rest.IndexOf('E');
        if (marker >= 0)
        {
            shift = int.Parse(rest[(marker + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            rest = rest[..marker];
        }

        var dot = rest.IndexOf('.');
        var point = (dot < 0 ? rest.Length : dot) + shift;
        var digits = rest.ToString().Replace(".", "", StringComparison.Ordinal);
        var leading = digits.Length - digits.TrimStart('0').Length;
        digits = digits.Trim('0');
        return digits.Length == 0 ? (isNegative, "0", 1) : (isNegative, digits, point - leading);
    }

    private static string Compose(bool isNegative, string digits, int point, bool scientific, int exponentDigits)
    {
        var sign = isNegative ? "-" : "";
        if (scientific)
        {
            var exponent = point - 1;
            var fraction = digits.Length > 1 ? "." + digits[1..] : "";
            var size = Math.Abs(exponent).ToString(exponentDigits == 2 ? "00" : "0", CultureInfo.InvariantCulture);
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{size}";
        }

        return point <= 0 ? $"{sign}0.{new string('0', -point)}{digits}"
            : point >= digits.Length ? sign + digits + new string('0', point - digits.Length)
            : $"{sign}{digits[..point]}.{digits[point..]}";
    }

    // "1.5E+006" as "1.5e+06".
    private static string Exponent(string text)
    {
        var marker = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(text.AsSpan(marker + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return $"{text[..marker]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }
}

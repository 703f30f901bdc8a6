using System.Globalization;

namespace GGLib.Gguf;

/// <summary>A parameter count as Ollama prints it: <c>8.0B</c>, <c>8B</c> when exact, <c>3.48M</c>, <c>157K</c>.</summary>
internal static class ParameterSizeText
{
    public static string Of(long count) => count switch
    {
        >= 1_000_000_000 => Scaled(count, 1_000_000_000, 1) + "B",
        >= 1_000_000 => Scaled(count, 1_000_000, 2) + "M",
        >= 1_000 => Scaled(count, 1_000, 0) + "K",
        _ => count.ToString(CultureInfo.InvariantCulture),
    };

    private static string Scaled(long count, long unit, int decimals)
    {
        if (count % unit == 0)
        {
            return (count / unit).ToString(CultureInfo.InvariantCulture);
        }

        // Clients compare this text, so it must round as Go prints a double: a true half to the even neighbour, everything
        // else by the double's own value. A half is exact in binary only when the fraction is a multiple of one eighth.
        var exact = (decimal)count / unit;
        var isExactInBinary = count % unit * 8 % unit == 0;
        return isExactInBinary
            ? decimal.Round(exact, decimals, MidpointRounding.ToEven).ToString("F" + decimals, CultureInfo.InvariantCulture)
            : ((double)count / unit).ToString("F" + decimals, CultureInfo.InvariantCulture);
    }
}

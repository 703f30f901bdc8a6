namespace GGLib.Gguf;

/// <summary>Sums and products of numbers from a file, none of them trusted: what is too large becomes the largest.</summary>
internal static class SaturatingMath
{
    public static long Add(long left, long right) => Clamp((Int128)left + right);

    public static long Multiply(long left, long right) => Clamp((Int128)left * right);

    private static long Clamp(Int128 value) => value > long.MaxValue ? long.MaxValue : (long)value;
}

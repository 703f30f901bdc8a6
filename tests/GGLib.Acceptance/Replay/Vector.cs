using System.Runtime.InteropServices;
using System.Text.Json;

namespace GGLib.Acceptance.Replay;

/// <summary>An embedding, as an array of numbers or as base64 of little-endian floats.</summary>
internal static class Vector
{
    /// <summary>Of vectors of length 1. The CPU backends of one engine differ by up to 0.000005; another token or another model differs by 0.05 and more.</summary>
    public const double Tolerance = 0.0005;

    /// <summary>The numbers; null for what is not an embedding.</summary>
    public static double[]? Of(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.String)
        {
            var bytes = new byte[value.GetString()!.Length];
            return Convert.TryFromBase64String(value.GetString()!, bytes, out var length) && length % sizeof(float) == 0
                ? [.. MemoryMarshal.Cast<byte, float>(bytes.AsSpan(0, length)).ToArray().Select(static number => (double)number)]
                : null;
        }

        return value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(static item => item.ValueKind is JsonValueKind.Number)
            ? [.. value.EnumerateArray().Select(static item => item.GetDouble())]
            : null;
    }

    /// <summary>The largest difference between two numbers at the same place.</summary>
    public static double Distance(double[] one, double[] other) =>
        one.Length == 0 ? 0 : one.Zip(other, static (first, second) => Math.Abs(first - second)).Max();
}

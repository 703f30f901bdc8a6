using System.Globalization;

namespace GGLib.Engine.Hardware;

/// <summary>Bytes for people.</summary>
internal static class ByteText
{
    /// <summary>For example <c>4.5 GiB</c> or <c>512 MiB</c>.</summary>
    public static string Of(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):F1} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(bytes / (double)(1L << 20)):F0} MiB");
}

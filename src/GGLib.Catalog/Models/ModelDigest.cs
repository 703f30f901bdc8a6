using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GGLib.Catalog;

/// <summary>
/// A model's digest: SHA-256 over the text <c>gglib-model/1 LF path LF size LF time</c>, with the time of change in nanoseconds
/// since 1970. The text is fixed: clients compare digests across restarts and versions.
/// </summary>
internal static class ModelDigest
{
    public static string Of(string path, long sizeBytes, DateTimeOffset modifiedAt)
    {
        var nanoseconds = (modifiedAt - DateTimeOffset.UnixEpoch).Ticks * (Int128)TimeSpan.NanosecondsPerTick;
        var text = string.Create(CultureInfo.InvariantCulture, $"gglib-model/1\n{path}\n{sizeBytes}\n{nanoseconds}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}

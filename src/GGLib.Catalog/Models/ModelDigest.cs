using System.Collections.Immutable;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace GGLib.Catalog;

/// <summary>
/// A model's digest: two XXH3 hashes of 128 bits, of seed 0 and 1, over the text <c>gglib-model/1 LF path LF size LF time LF</c>, with the time of change in nanoseconds
/// since 1970; of several files <c>gglib-model/2 LF</c> and the three lines of each, so that no part can change unseen;
/// where more is stored than files, <c>gglib-model/3 LF</c>, those lines and what is stored. The text is fixed: clients compare digests across restarts and versions.
/// </summary>
internal static class ModelDigest
{
    public static string Of(ImmutableArray<CatalogFile> files, string stored)
    {
        var text = new StringBuilder(stored.Length > 0 ? "gglib-model/3\n" : files.Length > 1 ? "gglib-model/2\n" : "gglib-model/1\n");
        foreach (var file in files)
        {
            var nanoseconds = (file.ModifiedAt - DateTimeOffset.UnixEpoch).Ticks * (Int128)TimeSpan.NanosecondsPerTick;
            text.Append(CultureInfo.InvariantCulture, $"{file.Path}\n{file.SizeBytes}\n{nanoseconds}\n");
        }

        text.Append(stored);
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        return Convert.ToHexStringLower([.. XxHash128.Hash(bytes), .. XxHash128.Hash(bytes, seed: 1)]);
    }
}

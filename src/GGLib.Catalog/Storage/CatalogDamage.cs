using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace GGLib.Catalog;

/// <summary>What is done about a damaged database: keep a copy, touch nothing, tell the user.</summary>
internal static class CatalogDamage
{
    private const int SqliteCorrupt = 11;
    private const int SqliteNotADatabase = 26;

    public static bool IsDamage(SqliteException exception) => exception.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase;

    public static CatalogException Report(string file, string problem, Exception? inner) =>
        new(
            $"The model catalog '{file}' is damaged ({problem}). {Kept(file)} "
            + $"Delete '{file}' together with its -wal and -shm files and start again, then add the models anew: the model files themselves are not affected.",
            inner);

    private static string Kept(string file)
    {
        try
        {
            // Named by content: starting again and again keeps one copy, not a hundred.
            var copy = $"{file}.damaged-{DigestOf(file)[..12]}";
            foreach (var suffix in new[] { "", "-wal" })
            {
                // The log holds what has not found its way into the file yet.
                if (new FileInfo(file + suffix) is { Exists: true, Length: > 0 } && !File.Exists(copy + suffix))
                {
                    Copy(file + suffix, copy + suffix);
                }
            }

            return $"A copy was kept as '{copy}'.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"A copy could not be kept ({exception.Message}).";
        }
    }

    // Another gglib may have it open for writing.
    private static FileStream Open(string file) => new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static string DigestOf(string file)
    {
        using var stream = Open(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static void Copy(string from, string to)
    {
        using var source = Open(from);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        source.CopyTo(target);
    }
}

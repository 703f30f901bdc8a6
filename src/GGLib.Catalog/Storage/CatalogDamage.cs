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
            var content = File.ReadAllBytes(file);
            var copy = $"{file}.damaged-{Convert.ToHexStringLower(SHA256.HashData(content))[..12]}";
            if (!File.Exists(copy))
            {
                File.WriteAllBytes(copy, content);
            }

            return $"A copy was kept as '{copy}'.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"A copy could not be kept ({exception.Message}).";
        }
    }
}

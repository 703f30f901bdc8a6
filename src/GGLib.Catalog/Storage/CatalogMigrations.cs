using Microsoft.Data.Sqlite;

namespace GGLib.Catalog;

/// <summary>
/// The database's layout as numbered steps: step N takes it from <c>user_version</c> N-1 to N. A step that has been released is
/// never changed; a new one is appended.
/// </summary>
internal static class CatalogMigrations
{
    private static readonly string[] Steps =
    [
        // name_key is the full name in lower case: names are equal without regard to case, and one name is one model.
        """
        CREATE TABLE models (
            name_key       TEXT NOT NULL PRIMARY KEY,
            name           TEXT NOT NULL,
            path           TEXT NOT NULL,
            projector_path TEXT,
            size_bytes     INTEGER NOT NULL,
            modified_ticks INTEGER NOT NULL,
            added_ticks    INTEGER NOT NULL,
            facts_revision INTEGER NOT NULL,
            facts          TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ];

    /// <summary>Brings the database to the newest layout, or leaves it as it was.</summary>
    /// <exception cref="CatalogException">A newer version has written it.</exception>
    public static void Apply(SqliteConnection connection, string file)
    {
        if (VersionOf(connection) == Steps.Length)
        {
            return;
        }

        // Taken before the version is read for good: two processes may start at once on an empty folder.
        using var transaction = connection.BeginTransaction(deferred: false);
        var version = VersionOf(connection);
        if (version > Steps.Length)
        {
            throw new CatalogException(
                $"The model catalog '{file}' was written by a newer gglib (layout {version}, this one knows {Steps.Length}): run that version, or start with another data folder.");
        }

        for (; version < Steps.Length; version++)
        {
            connection.Execute(Steps[version]);
        }

        connection.Execute($"PRAGMA user_version = {Steps.Length}");
        transaction.Commit();
    }

    private static long VersionOf(SqliteConnection connection) => connection.Scalar("PRAGMA user_version");
}

using Microsoft.Data.Sqlite;

namespace GGLib.Catalog;

/// <summary>
/// The database's layout as numbered steps: step N takes it from <c>user_version</c> N-1 to N. A step that has been released is
/// never changed; a new one is appended.
/// </summary>
internal static class CatalogMigrations
{
    // One statement each: of several in one text the provider does not report that a later one has failed.
    private static readonly string[][] Steps =
    [
        // name_key is the full name in lower case: names are equal without regard to case, and one name is one model.
        [
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
        ],

        // Every file of a model by itself, and how it comes to its projector. Rows from before have no files: they are read again.
        [
            "ALTER TABLE models ADD COLUMN files TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE models ADD COLUMN projector_choice TEXT NOT NULL DEFAULT 'auto'",
            "ALTER TABLE models ADD COLUMN changed_ticks INTEGER",
        ],

        // By file, not by model: two names of one file share it, and a name that is given away loses nothing.
        [
            """
            CREATE TABLE digests (
                path           TEXT NOT NULL PRIMARY KEY,
                size_bytes     INTEGER NOT NULL,
                modified_ticks INTEGER NOT NULL,
                sha256         TEXT NOT NULL
            ) STRICT, WITHOUT ROWID
            """,
        ],

        // What a Modelfile says of a model beside its files, as JSON; empty where there is nothing.
        ["ALTER TABLE models ADD COLUMN profile TEXT NOT NULL DEFAULT ''"],

        // The stores of other programs whose models are shown; import is the path of the one that a row was read from, empty for the user's own.
        [
            """
            CREATE TABLE imports (
                path     TEXT NOT NULL PRIMARY KEY,
                kind     TEXT NOT NULL,
                stamp    TEXT NOT NULL,
                declined INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID
            """,
            """
            CREATE TABLE hidden_imports (
                path     TEXT NOT NULL,
                name_key TEXT NOT NULL,
                PRIMARY KEY (path, name_key)
            ) STRICT, WITHOUT ROWID
            """,
            "ALTER TABLE models ADD COLUMN import TEXT NOT NULL DEFAULT ''",
        ],
    ];

    /// <summary>The layout of this version.</summary>
    public static int Newest => Steps.Length;

    /// <summary>Brings the database to the newest layout, each step whole or not at all.</summary>
    /// <exception cref="CatalogException">A newer version has written it.</exception>
    public static void Apply(SqliteConnection connection, string file)
    {
        while (VersionOf(connection) is var version && version != Steps.Length)
        {
            if (version > Steps.Length)
            {
                throw new CatalogException(
                    $"The model catalog '{file}' was written by a newer gglib (layout {version}, this one knows {Steps.Length}): run that version, or start with another data folder.");
            }

            Take(connection, version);
        }
    }

    private static void Take(SqliteConnection connection, long version)
    {
        using var transaction = connection.BeginTransaction(deferred: false);

        // Asked again under the lock: two processes may start at once on an empty folder.
        if (VersionOf(connection) == version)
        {
            foreach (var statement in Steps[version])
            {
                connection.Execute(statement);
            }

            connection.Execute($"PRAGMA user_version = {version + 1}");
            transaction.Commit();
        }
    }

    private static long VersionOf(SqliteConnection connection) => connection.Scalar("PRAGMA user_version");
}

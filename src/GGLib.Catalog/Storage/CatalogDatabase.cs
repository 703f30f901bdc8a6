using System.Text.Json;
using GGLib.Catalog.Imports;
using Microsoft.Data.Sqlite;

namespace GGLib.Catalog;

/// <summary>The catalog's file: one connection for the life of the process. Not thread-safe; the catalog holds its lock around every call.</summary>
internal sealed class CatalogDatabase : IDisposable
{
    public const string FileName = "catalog.db";

    private const int Busy = 5;
    private const int Locked = 6;
    private const int Full = 13;

    private readonly string _file;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _dataVersion;
    private SqliteTransaction? _transaction;

    private CatalogDatabase(SqliteConnection connection, string file)
    {
        _file = file;
        _connection = connection;
        _dataVersion = connection.Prepare("PRAGMA data_version");
    }

    /// <summary>Opens or creates the database in a folder that need not exist.</summary>
    /// <param name="dataFolder">The folder.</param>
    /// <param name="bounds">How long and how large.</param>
    /// <exception cref="CatalogException">It cannot be used.</exception>
    public static CatalogDatabase Open(string dataFolder, CatalogBounds bounds)
    {
        var file = Path.Combine(Path.GetFullPath(dataFolder), FileName);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            return OpenFile(file, bounds);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new CatalogException($"The model catalog '{file}' cannot be opened ({exception.Message}): check that the folder can be written to.", exception);
        }
    }

    /// <summary>A number that changes when another connection, of this process or another, has committed.</summary>
    public long DataVersion()
    {
        // Prepared once, for it is asked several times a second; the provider insists that a command knows the open transaction.
        _dataVersion.Transaction = _transaction;
        return (long)_dataVersion.ExecuteScalar()!;
    }

    /// <summary>Runs a change that other processes see whole or not at all.</summary>
    public T InTransaction<T>(Func<T> change)
    {
        using var transaction = _connection.BeginTransaction(deferred: false);
        _transaction = transaction;
        try
        {
            var result = change();
            transaction.Commit();
            return result;
        }
        finally
        {
            _transaction = null;
        }
    }

    /// <summary>All rows, without facts.</summary>
    public List<StoredModel> ReadAll()
    {
        using var command = _connection.Prepare(
            "SELECT name, path, projector_choice, projector_path, files, added_ticks, changed_ticks, facts_revision, profile, import FROM models");
        using var reader = command.ExecuteReader();
        var models = new List<StoredModel>();
        while (reader.Read())
        {
            // A name that is not valid could only have been written by hand; it could not be asked for either.
            if (ModelName.TryParse(reader.GetString(0), out var name))
            {
                models.Add(new StoredModel(
                    name,
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.IsDBNull(3) ? null : reader.GetString(3),
                    reader.GetString(4),
                    reader.GetInt64(5),
                    reader.IsDBNull(6) ? null : reader.GetInt64(6),
                    reader.GetInt64(7),
                    reader.GetString(8),
                    reader.GetString(9)));
            }
        }

        return models;
    }

    /// <summary>The facts of all models by full name. Only for many: they are long.</summary>
    public Dictionary<string, string> ReadAllFacts()
    {
        using var command = _connection.Prepare("SELECT name, facts FROM models");
        using var reader = command.ExecuteReader();
        var facts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read())
        {
            facts[reader.GetString(0)] = reader.GetString(1);
        }

        return facts;
    }

    /// <summary>The facts of one model, as JSON; empty when it is gone.</summary>
    public string ReadFacts(ModelName name)
    {
        using var command = _connection.Prepare("SELECT facts FROM models WHERE name_key = $key", ("$key", Key(name)));
        return command.ExecuteScalar() as string ?? "";
    }

    /// <summary>Writes a model under its name, replacing the one that was there.</summary>
    public void Write(CatalogModel model) => Write(
        model,
        """
        INSERT INTO models (name_key, name, path, projector_path, size_bytes, modified_ticks, added_ticks, facts_revision, facts, files, projector_choice, changed_ticks, profile, import)
        VALUES ($key, $name, $path, $projector, $size, $modified, $added, $revision, $facts, $files, $choice, $changed, $profile, $import)
        ON CONFLICT (name_key) DO UPDATE SET
            name = excluded.name, path = excluded.path, projector_path = excluded.projector_path, size_bytes = excluded.size_bytes,
            modified_ticks = excluded.modified_ticks, added_ticks = excluded.added_ticks,
            facts_revision = excluded.facts_revision, facts = excluded.facts,
            files = excluded.files, projector_choice = excluded.projector_choice, changed_ticks = excluded.changed_ticks, profile = excluded.profile,
            import = excluded.import
        """);

    /// <summary>Records changed files, unless the model was removed or given another file in the meantime.</summary>
    public void WriteChange(CatalogModel model) => Write(
        model,
        """
        UPDATE models SET projector_path = $projector, size_bytes = $size, modified_ticks = $modified, facts_revision = $revision, facts = $facts,
            files = $files, changed_ticks = $changed
        WHERE name_key = $key AND path = $path AND projector_choice = $choice AND added_ticks = $added AND profile = $profile AND import = $import AND $name IS NOT NULL
        """);

    /// <summary>The digests of all files that have one, by path.</summary>
    public Dictionary<string, FileDigest> ReadDigests()
    {
        using var command = _connection.Prepare("SELECT path, size_bytes, modified_ticks, sha256 FROM digests");
        using var reader = command.ExecuteReader();
        var digests = new Dictionary<string, FileDigest>(StringComparer.Ordinal);
        while (reader.Read())
        {
            var modified = new DateTimeOffset(Math.Clamp(reader.GetInt64(2), 0, DateTime.MaxValue.Ticks), TimeSpan.Zero);
            digests[reader.GetString(0)] = new FileDigest(new FileStamp(reader.GetInt64(1), modified), reader.GetString(3));
        }

        return digests;
    }

    /// <summary>Writes a file's digest, replacing the one that was there.</summary>
    public void WriteDigest(string path, FileDigest digest) => _connection.Execute(
        "INSERT OR REPLACE INTO digests (path, size_bytes, modified_ticks, sha256) VALUES ($path, $size, $modified, $sha256)",
        ("$path", path),
        ("$size", digest.Stamp.SizeBytes),
        ("$modified", digest.Stamp.ModifiedAt.UtcTicks),
        ("$sha256", digest.Sha256));

    /// <summary>Removes a name; false when it was not there.</summary>
    public bool Remove(ModelName name) => _connection.Execute("DELETE FROM models WHERE name_key = $key", ("$key", Key(name))) > 0;

    /// <summary>All stores, by path; those of a kind that this version does not know are left out.</summary>
    public Dictionary<string, StoredImport> ReadImports()
    {
        using var command = _connection.Prepare("SELECT path, kind, stamp, declined FROM imports ORDER BY path");
        using var reader = command.ExecuteReader();
        var imports = new Dictionary<string, StoredImport>(StringComparer.Ordinal);
        while (reader.Read())
        {
            if (ModelStore.KindOf(reader.GetString(1)) is { } kind)
            {
                imports[reader.GetString(0)] = new StoredImport(new ModelStore(kind, reader.GetString(0)), reader.GetString(2), reader.GetInt64(3) != 0);
            }
        }

        return imports;
    }

    /// <summary>Writes a store, replacing the one of its path.</summary>
    public void WriteImport(StoredImport import) => _connection.Execute(
        "INSERT OR REPLACE INTO imports (path, kind, stamp, declined) VALUES ($path, $kind, $stamp, $declined)",
        ("$path", import.Store.Path),
        ("$kind", import.Store.Word),
        ("$stamp", import.Stamp),
        ("$declined", import.IsDeclined ? 1 : 0));

    /// <summary>Forgets a store, and what was hidden of it.</summary>
    public void RemoveImport(ModelStore store)
    {
        _connection.Execute("DELETE FROM imports WHERE path = $path", ("$path", store.Path));
        Unhide(store);
    }

    /// <summary>Lets every store be read again: a name has become free, and one of them may have it.</summary>
    public void ForgetStamps() => _connection.Execute("UPDATE imports SET stamp = ''");

    /// <summary>Keeps a store's model out of the catalog.</summary>
    public void Hide(string store, ModelName name) =>
        _connection.Execute("INSERT OR IGNORE INTO hidden_imports (path, name_key) VALUES ($path, $key)", ("$path", store), ("$key", Key(name)));

    /// <summary>Shows all that a store has.</summary>
    public void Unhide(ModelStore store) => _connection.Execute("DELETE FROM hidden_imports WHERE path = $path", ("$path", store.Path));

    /// <summary>Whether a store's model is kept out.</summary>
    public bool IsHidden(ModelStore store, ModelName name)
    {
        using var command = _connection.Prepare("SELECT 1 FROM hidden_imports WHERE path = $path AND name_key = $key", ("$path", store.Path), ("$key", Key(name)));
        return command.ExecuteScalar() is not null;
    }

    /// <summary>What has to be told of a failed write.</summary>
    public CatalogException Explain(SqliteException exception) => exception.SqliteErrorCode switch
    {
        _ when CatalogDamage.IsDamage(exception) => CatalogDamage.Report(_file, exception.Message, exception),
        Busy or Locked => new($"The model catalog '{_file}' is kept busy by another program: nothing was changed, try again in a moment.", exception),
        Full => new($"There is no room left for the model catalog '{_file}': nothing was changed, free some space and try again.", exception),
        _ => new($"The model catalog '{_file}' could not be changed ({exception.Message}): check that its folder can be written to and try again.", exception),
    };

    public void Dispose()
    {
        _dataVersion.Dispose();
        _connection.Dispose();
    }

    private static CatalogDatabase OpenFile(string file, CatalogBounds bounds)
    {
        // Pooling would keep the file open after Dispose.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 2 * bounds.BusySeconds }.ToString());
        try
        {
            connection.Open();
            connection.Execute($"PRAGMA busy_timeout = {bounds.BusySeconds * 1000}");
            connection.Execute("PRAGMA journal_mode = WAL");
            connection.Execute("PRAGMA synchronous = NORMAL");
            RequireSound(connection, file);
            CatalogMigrations.Apply(connection, file);
            if (bounds.MostPages is { } pages)
            {
                connection.Execute($"PRAGMA max_page_count = {pages}");
            }

            return new CatalogDatabase(connection, file);
        }
        catch (SqliteException exception) when (CatalogDamage.IsDamage(exception))
        {
            // The copy first: closing the last connection writes the log into the file.
            var report = CatalogDamage.Report(file, exception.Message, exception);
            connection.Dispose();
            throw report;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // The catalog is small, so all of it is checked: a damaged page found while serving would be found too late.
    private static void RequireSound(SqliteConnection connection, string file)
    {
        using var command = connection.Prepare("PRAGMA quick_check(1)");
        if (command.ExecuteScalar() is string problem and not "ok")
        {
            throw CatalogDamage.Report(file, problem, inner: null);
        }
    }

#pragma warning disable CA1308 // A key, never shown; names are ASCII.
    private static string Key(ModelName name) => name.Full.ToLowerInvariant();
#pragma warning restore CA1308

    private void Write(CatalogModel model, string sql)
    {
        var row = StoredModel.Of(model);
        _connection.Execute(
            sql,
            ("$key", Key(model.Name)),
            ("$name", model.Name.Full),
            ("$path", row.Path),
            ("$projector", row.ProjectorPath),
            ("$size", model.SizeBytes),
            ("$modified", model.ModifiedAt.UtcTicks),
            ("$added", row.AddedTicks),
            ("$revision", row.Revision),
            ("$facts", JsonSerializer.Serialize(model.Facts, CatalogJson.Default.ModelFacts)),
            ("$files", row.Files),
            ("$choice", row.Choice),
            ("$changed", row.ChangedTicks),
            ("$profile", row.Profile),
            ("$import", row.Import));
    }
}

using System.Text.Json;
using GGLib.Gguf;
using Microsoft.Data.Sqlite;

namespace GGLib.Catalog;

/// <summary>The catalog's file: one connection for the life of the process. Not thread-safe; the catalog holds its lock around every call.</summary>
internal sealed class CatalogDatabase : IDisposable
{
    public const string FileName = "catalog.db";

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _dataVersion;
    private SqliteTransaction? _transaction;

    private CatalogDatabase(SqliteConnection connection)
    {
        _connection = connection;
        _dataVersion = connection.Prepare("PRAGMA data_version");
    }

    /// <summary>Opens or creates the database in a folder that need not exist.</summary>
    /// <exception cref="CatalogException">It cannot be used.</exception>
    public static CatalogDatabase Open(string dataFolder)
    {
        var file = Path.Combine(Path.GetFullPath(dataFolder), FileName);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            return OpenFile(file);
        }
        catch (SqliteException exception) when (CatalogDamage.IsDamage(exception))
        {
            throw CatalogDamage.Report(file, exception.Message, exception);
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

    /// <summary>All models. Facts of another revision come as null: they are to be derived again.</summary>
    public List<StoredModel> ReadAll()
    {
        using var command = _connection.Prepare(
            "SELECT name, path, projector_path, size_bytes, modified_ticks, added_ticks, facts_revision, facts FROM models");
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
                    reader.IsDBNull(2) ? null : reader.GetString(2),
                    new FileStamp(reader.GetInt64(3), FromTicks(reader.GetInt64(4))),
                    FromTicks(reader.GetInt64(5)),
                    reader.GetInt64(6) == ModelFacts.Revision ? Parse(reader.GetString(7)) : null));
            }
        }

        return models;
    }

    /// <summary>Writes a model under its name, replacing the one that was there.</summary>
    public void Write(CatalogModel model) =>
        _connection.Execute(
            """
            INSERT INTO models (name_key, name, path, projector_path, size_bytes, modified_ticks, added_ticks, facts_revision, facts)
            VALUES ($key, $name, $path, $projector, $size, $modified, $added, $revision, $facts)
            ON CONFLICT (name_key) DO UPDATE SET
                name = excluded.name, path = excluded.path, projector_path = excluded.projector_path, size_bytes = excluded.size_bytes,
                modified_ticks = excluded.modified_ticks, added_ticks = excluded.added_ticks,
                facts_revision = excluded.facts_revision, facts = excluded.facts
            """,
            ("$key", Key(model.Name)),
            ("$name", model.Name.Full),
            ("$path", model.Path),
            ("$projector", model.ProjectorPath),
            ("$size", model.SizeBytes),
            ("$modified", model.ModifiedAt.UtcTicks),
            ("$added", model.AddedAt.UtcTicks),
            ("$revision", ModelFacts.Revision),
            ("$facts", JsonSerializer.Serialize(model.Facts, CatalogJson.Default.ModelFacts)));

    /// <summary>Records a changed file, unless the model was removed or given another file in the meantime.</summary>
    public void WriteChange(CatalogModel model) =>
        _connection.Execute(
            """
            UPDATE models SET size_bytes = $size, modified_ticks = $modified, facts_revision = $revision, facts = $facts
            WHERE name_key = $key AND path = $path
            """,
            ("$key", Key(model.Name)),
            ("$path", model.Path),
            ("$size", model.SizeBytes),
            ("$modified", model.ModifiedAt.UtcTicks),
            ("$revision", ModelFacts.Revision),
            ("$facts", JsonSerializer.Serialize(model.Facts, CatalogJson.Default.ModelFacts)));

    /// <summary>Removes a name; false when it was not there.</summary>
    public bool Remove(ModelName name) => _connection.Execute("DELETE FROM models WHERE name_key = $key", ("$key", Key(name))) > 0;

    public void Dispose()
    {
        _dataVersion.Dispose();
        _connection.Dispose();
    }

    private static CatalogDatabase OpenFile(string file)
    {
        // Pooling would keep the file open after Dispose.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 10 }.ToString());
        try
        {
            connection.Open();
            connection.Execute("PRAGMA busy_timeout = 5000");
            connection.Execute("PRAGMA journal_mode = WAL");
            connection.Execute("PRAGMA synchronous = NORMAL");
            RequireSound(connection, file);
            CatalogMigrations.Apply(connection, file);
            return new CatalogDatabase(connection);
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

    private static DateTimeOffset FromTicks(long ticks) => new(Math.Clamp(ticks, 0, DateTime.MaxValue.Ticks), TimeSpan.Zero);

    private static ModelFacts? Parse(string facts)
    {
        try
        {
            return JsonSerializer.Deserialize(facts, CatalogJson.Default.ModelFacts);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

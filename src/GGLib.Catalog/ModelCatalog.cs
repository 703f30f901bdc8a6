using System.Collections.Immutable;
using Microsoft.Data.Sqlite;

namespace GGLib.Catalog;

/// <summary>
/// The models a server offers: names for GGUF files that stay where they are. Stored in a folder that any number of processes
/// may share, or only in memory. Safe for any number of threads; reading takes no lock.
/// </summary>
/// <remarks>
/// Reading is answered from a snapshot. At most every 200 ms a read first looks whether another process has changed the
/// database and whether files have changed; a look-up looks at its own model's file every time, and at the database before
/// it says that there is no such model.
/// </remarks>
public sealed class ModelCatalog : IDisposable
{
    /// <summary>How old a snapshot may be before a read looks for changes.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly CatalogDatabase? _database;
    private readonly List<CatalogModel> _transient = [];
    private List<CatalogModel> _stored = [];
    private long _dataVersion;
    private long _checkedAt;
    private bool _disposed;
    private volatile CatalogSnapshot _snapshot = CatalogSnapshot.Empty;

    private ModelCatalog(CatalogDatabase? database, TimeProvider time)
    {
        _database = database;
        _time = time;
        _checkedAt = time.GetTimestamp();
    }

    /// <summary>Opens the catalog of a data folder, creating both as needed. Dispose it to close the database.</summary>
    /// <param name="dataFolder">The folder; the database is its <c>catalog.db</c>.</param>
    /// <param name="time">The clock for <see cref="CatalogModel.AddedAt"/> and for <see cref="RefreshInterval"/>.</param>
    /// <exception cref="CatalogException">The database cannot be used.</exception>
    public static ModelCatalog Open(string dataFolder, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        ArgumentNullException.ThrowIfNull(time);
        var catalog = new ModelCatalog(CatalogDatabase.Open(dataFolder), time);
        try
        {
            lock (catalog._lock)
            {
                catalog.LoadStored();
                catalog.LookAtFiles();
            }

            return catalog;
        }
        catch (SqliteException exception)
        {
            catalog.Dispose();
            throw new CatalogException($"The model catalog in '{dataFolder}' cannot be read ({exception.Message}).", exception);
        }
    }

    /// <summary>A catalog without a database: every model is transient.</summary>
    public static ModelCatalog OpenInMemory(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new(null, time);
    }

    /// <summary>All models, newest file first, those whose file is missing included.</summary>
    public ImmutableArray<CatalogModel> List()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _checkedAt)) >= RefreshInterval)
        {
            Refresh();
        }

        return _snapshot.Models;
    }

    /// <summary>
    /// The model a client means by a name: the stored name without regard to case, with or without <c>:latest</c>, with or without
    /// the default host and namespace. Its file is looked at now: changed facts are read again, a vanished file shows in
    /// <see cref="CatalogModel.State"/>.
    /// </summary>
    /// <returns>Null when the name is not valid or not in the catalog.</returns>
    public CatalogModel? Find(string requestedName)
    {
        ArgumentNullException.ThrowIfNull(requestedName);
        if (_time.GetElapsedTime(Volatile.Read(ref _checkedAt)) >= RefreshInterval)
        {
            Refresh();
        }

        if (_snapshot.Find(requestedName) is not { } model)
        {
            // Added a moment ago by another process, and asked for at once.
            lock (_lock)
            {
                ReloadIfChanged();
            }

            model = _snapshot.Find(requestedName);
        }

        return model is null || IsFresh(model) ? model : Update(model);
    }

    /// <summary>Adds a file, which stays where it is. Adding the same file under the same name again reads it anew.</summary>
    /// <param name="path">The GGUF file, of a split model any part; relative paths count from the current folder.</param>
    /// <param name="name">The name, or null for <see cref="ModelName.FromFileName"/>.</param>
    /// <param name="replace">Whether a name that another file has is given to this one.</param>
    /// <exception cref="CatalogException">The database could not be written.</exception>
    public AddResult Add(string path, string? name = null, bool replace = false) => Add(path, name, replace, transient: _database is null);

    /// <summary>Adds a file for this process only: nothing is written, other processes and later runs do not see it. A stored model of the same name goes first.</summary>
    public AddResult AddTransient(string path, string? name = null) => Add(path, name, replace: false, transient: true);

    /// <summary>Removes a name. The file is never touched.</summary>
    /// <returns>False when there was no such model.</returns>
    /// <exception cref="CatalogException">The database could not be written.</exception>
    public bool Remove(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!ModelName.TryParse(name, out var parsed) || parsed.HadCloudSuffix)
        {
            return false;
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var removed = _database is not null && Guarded(() => _database.Remove(parsed));
            _stored.RemoveAll(model => model.Name == parsed);
            removed |= _transient.RemoveAll(model => model.Name == parsed) > 0;
            Publish();
            return removed;
        }
    }

    /// <summary>Closes the database. The last snapshot can still be read.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _database?.Dispose();
        }
    }

    private AddResult Add(string path, string? name, bool replace, bool transient)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var candidate = ModelCandidate.From(path, name, _time.GetUtcNow(), transient, out var refusal);
        if (candidate is null)
        {
            return refusal!;
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var result = transient ? Place(candidate, replace, _transient) : Guarded(() => _database!.InTransaction(() => Store(candidate, replace)));
            Publish();
            return result;
        }
    }

    // Under the database's own lock, so that two processes cannot both find a name free.
    private AddResult Store(CatalogModel candidate, bool replace)
    {
        ReadStored();
        var result = Place(candidate, replace, _stored);
        if (result.Succeeded)
        {
            _database!.Write(result.Model);
        }

        return result;
    }

    private static AddResult Place(CatalogModel candidate, bool replace, List<CatalogModel> models)
    {
        var index = models.FindIndex(model => model.Name == candidate.Name);
        if (index < 0)
        {
            models.Add(candidate);
            return new(AddOutcome.Added, $"Added '{candidate.Name}'.", candidate);
        }

        var present = models[index];
        if (present.Path != candidate.Path && !replace && FileStamp.Of(present.Path, out _) is not null)
        {
            return new(AddOutcome.NameTaken, $"The name '{present.Name}' belongs to '{present.Path}' already: choose another name, or remove that one first.", present);
        }

        var model = candidate with { AddedAt = present.AddedAt };
        models[index] = model;
        return new(AddOutcome.Replaced, $"'{model.Name}' is now '{model.Path}'.", model);
    }

    private void Refresh()
    {
        // One thread looks; the others are served what there is.
        if (!_lock.TryEnter())
        {
            return;
        }

        try
        {
            Volatile.Write(ref _checkedAt, _time.GetTimestamp());
            ReloadIfChanged();
            LookAtFiles();
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void LookAtFiles()
    {
        foreach (var model in _snapshot.Models)
        {
            if (!IsFresh(model))
            {
                Update(model);
            }
        }
    }

    private static bool IsFresh(CatalogModel model) =>
        FileStamp.Of(model.Path, out _) is { } stamp
            ? model.State is not FileState.Missing && stamp.SizeBytes == model.SizeBytes && stamp.ModifiedAt == model.ModifiedAt
            : model.State is FileState.Missing;

    private CatalogModel Update(CatalogModel stale)
    {
        lock (_lock)
        {
            // Another thread may have been faster, and may have removed it.
            var model = _snapshot.Find(stale.Name) ?? stale;
            if (IsFresh(model))
            {
                return model;
            }

            var updated = ModelCandidate.LookAgain(model);
            var models = model.IsTransient ? _transient : _stored;
            var index = models.FindIndex(other => other.Name == model.Name);
            if (index >= 0)
            {
                models[index] = updated;
                Publish();
            }

            if (!updated.IsTransient && !updated.IsMissing && !_disposed)
            {
                Record(updated);
            }

            return updated;
        }
    }

    // Only saves the next start a look at the file: a database that is busy or read-only does not stop the service.
    private void Record(CatalogModel model)
    {
        try
        {
            _database?.WriteChange(model);
        }
        catch (SqliteException)
        {
        }
    }

    private void ReloadIfChanged()
    {
        if (_database is null || _disposed)
        {
            return;
        }

        try
        {
            if (_database.DataVersion() != _dataVersion)
            {
                LoadStored();
            }
        }
        catch (SqliteException)
        {
            // A database that cannot be read just now must not take the models away that are being served.
        }
    }

    private void LoadStored()
    {
        ReadStored();
        Publish();
    }

    private void ReadStored()
    {
        // The version first: a commit between the two is seen twice rather than never.
        _dataVersion = _database!.DataVersion();
        var known = _stored.ToDictionary(static model => model.Name);
        _stored = [.. _database.ReadAll().DistinctBy(static row => row.Name).Select(row => ModelCandidate.FromRow(row, known.GetValueOrDefault(row.Name)))];
    }

    private void Publish()
    {
        var stored = _stored.Select(static model => model.Name).ToHashSet();
        _snapshot = new([.. _stored, .. _transient.Where(model => !stored.Contains(model.Name))]);
    }

    private T Guarded<T>(Func<T> change)
    {
        try
        {
            return change();
        }
        catch (SqliteException exception)
        {
            // What was changed in memory did not happen: the next look reads everything again.
            _dataVersion = -1;
            throw new CatalogException($"The model catalog could not be changed ({exception.Message}): check that its folder can be written to and try again.", exception);
        }
    }
}

using System.Collections.Immutable;
using GGLib.Catalog.Imports;
using GGLib.Gguf;
using Microsoft.Data.Sqlite;

namespace GGLib.Catalog;

/// <summary>
/// The models a server offers: names for GGUF files that stay where they are. Stored in a folder that any number of processes
/// may share, or only in memory. Safe for any number of threads; reading takes no lock.
/// </summary>
/// <remarks>
/// Reading is answered from a snapshot. At most every 200 ms a read first looks whether another process has changed the
/// database and whether files have changed (in the background when they are many); a look-up looks at its own model's files
/// every time, and at the database before it says that there is no such model.
/// </remarks>
public sealed partial class ModelCatalog : IDisposable
{
    /// <summary>How old a snapshot may be before a read looks for changes.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(200);

    // A look at a file takes microseconds; more files than this are looked at in the background, so that a list never waits for them.
    internal const int MostLookedAtInline = 256;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly CatalogDatabase? _database;
    private readonly Dictionary<ModelName, CatalogModel> _transient = [];
    private Dictionary<ModelName, CatalogModel> _stored = [];
    private Dictionary<ModelName, StoredModel> _rows = [];
    private long _dataVersion;
    private long _checkedAt;
    private bool _disposed;
    private long _fileLooks;
    private long _databaseLooks;
    private int _looking;
    private volatile CatalogSnapshot? _snapshot;

    private ModelCatalog(CatalogDatabase? database, string? dataFolder, TimeProvider time)
    {
        _database = database;
        DataFolder = dataFolder;
        _time = time;
        _storeLooks = new StoreLooks(time);
        _checkedAt = time.GetTimestamp();
    }

    /// <summary>The folder it is stored in, absolute; null when it is only in memory.</summary>
    public string? DataFolder { get; }

    /// <summary>Opens the catalog of a data folder, creating both as needed. Dispose it to close the database.</summary>
    /// <param name="dataFolder">The folder; the database is its <c>catalog.db</c>.</param>
    /// <param name="time">The clock for <see cref="CatalogModel.AddedAt"/> and for <see cref="RefreshInterval"/>.</param>
    /// <exception cref="CatalogException">The database cannot be used.</exception>
    public static ModelCatalog Open(string dataFolder, TimeProvider time) => Open(dataFolder, time, CatalogBounds.Usual);

    /// <summary>The same within other bounds.</summary>
    internal static ModelCatalog Open(string dataFolder, TimeProvider time, CatalogBounds bounds)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        ArgumentNullException.ThrowIfNull(time);
        var catalog = new ModelCatalog(CatalogDatabase.Open(dataFolder, bounds), Path.GetFullPath(dataFolder), time);
        try
        {
            lock (catalog._lock)
            {
                catalog.LoadStored();
            }

            catalog.LookAtStores(FirstLook);
            catalog.LookAtFiles();
            return catalog;
        }
        catch (SqliteException exception)
        {
            var report = catalog._database!.Explain(exception);
            catalog.Dispose();
            throw report;
        }
    }

    /// <summary>A catalog without a database: every model is transient.</summary>
    public static ModelCatalog OpenInMemory(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new(null, null, time);
    }

    /// <summary>All models, newest file first, those whose file is missing included.</summary>
    public ImmutableArray<CatalogModel> List()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _checkedAt)) >= RefreshInterval)
        {
            Refresh();
        }

        LookAtStoresWhenDue(urgently: false, mayWait: true);

        return Current().Models;
    }

    /// <summary>How often a model's files were looked at.</summary>
    internal long FileLooks => Interlocked.Read(ref _fileLooks);

    /// <summary>How often the database was asked whether something has changed.</summary>
    internal long DatabaseLooks => Interlocked.Read(ref _databaseLooks);

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

        if (Current().Find(requestedName) is not { } model)
        {
            // Added a moment ago by another process or in a store, and asked for at once.
            lock (_lock)
            {
                ReloadIfChanged();
            }

            if (Current().Find(requestedName) is null)
            {
                LookAtStoresWhenDue(urgently: true, mayWait: true);
            }

            model = Current().Find(requestedName);
        }

        // One that is there does not wait for others.
        LookAtStoresWhenDue(urgently: false, mayWait: false);
        return model is null || IsFresh(model) ? model : Update(model, new FolderHeaders());
    }

    /// <summary>
    /// Whether <see cref="Find"/> of this name, asked now, looks at nothing but memory and the times of the model's own files. Else it may read the database, wait for whoever writes, and look at
    /// other files.
    /// </summary>
    public bool IsAtHand(string requestedName) =>
        _time.GetElapsedTime(Volatile.Read(ref _checkedAt)) < RefreshInterval && _snapshot?.Find(requestedName) is not null;

    /// <summary>Adds a file, which stays where it is. Adding the same file under the same name again reads it anew.</summary>
    /// <param name="path">The GGUF file, of a split model any part; relative paths count from the current folder.</param>
    /// <param name="name">The name, or null for <see cref="ModelName.FromFileName"/>.</param>
    /// <param name="replace">Whether a name that another file has is given to this one.</param>
    /// <param name="projector">How it comes to its projector; null: as before, of a new model <see cref="ProjectorChoice.Automatic"/>.</param>
    /// <param name="profile">What is stored beside the files; null: as before, of a new model nothing.</param>
    /// <exception cref="CatalogException">The database could not be written.</exception>
    public AddResult Add(string path, string? name = null, bool replace = false, ProjectorChoice? projector = null, ModelProfile? profile = null) =>
        Add(path, name, replace, projector, profile, new FolderHeaders(), transient: _database is null);

    /// <summary>Adds all files of a folder under their own names, one after the other as the results are taken.</summary>
    /// <exception cref="CatalogException">The database could not be written.</exception>
    public IEnumerable<AddResult> AddFolder(ModelFolder folder, bool replace = false)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var headers = new FolderHeaders();
        foreach (var file in folder.Files)
        {
            yield return Add(file, name: null, replace, projector: null, profile: null, headers, transient: _database is null);
        }
    }

    /// <summary>Adds a file for this process only: nothing is written, other processes and later runs do not see it. A stored model of the same name goes first.</summary>
    public AddResult AddTransient(string path, string? name = null, ModelProfile? profile = null) => Add(path, name, replace: false, projector: null, profile, new FolderHeaders(), transient: true);

    /// <summary>Gives a model a second name, replacing the model that has it. Nothing is copied but the name.</summary>
    /// <param name="source">The model.</param>
    /// <param name="name">The second name; the model's own changes nothing.</param>
    /// <returns>Null when a file of the model is gone.</returns>
    /// <exception cref="CatalogException">The database could not be written.</exception>
    public CatalogModel? Copy(CatalogModel source, ModelName name)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Name == name)
        {
            return source;
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var now = _time.GetUtcNow();
            var copy = source with { Name = name, AddedAt = now, ModifiedAt = now, Profile = source.Profile with { MadeAt = now }, Store = null };
            if (!source.IsTransient && _database is not null)
            {
                var written = Guarded(() => _database.InTransaction(() =>
                {
                    // Under the lock of whoever removes the last name of a blob.
                    if (!IsWhole(copy))
                    {
                        return false;
                    }

                    _database.Write(copy);
                    return true;
                }));
                if (!written)
                {
                    return null;
                }

                _stored[name] = copy;
                _rows[name] = StoredModel.Of(copy);
            }
            else
            {
                _transient[name] = copy;
            }

            _snapshot = null;
            return copy;
        }
    }

    /// <summary>
    /// Removes a name. The file is never touched. A model of a store is kept out from now on, until the store is imported again; a model of a store that had the same name
    /// as one of the user's comes to light.
    /// </summary>
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
            var removed = _database is not null && Guarded(() => _database.InTransaction(() => RemoveStored(parsed)));
            _stored.Remove(parsed);
            _rows.Remove(parsed);
            removed |= _transient.Remove(parsed);
            _snapshot = null;
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

    private bool RemoveStored(ModelName name)
    {
        if (_database!.DataVersion() != _dataVersion)
        {
            ReadStored();
        }

        if (_stored.GetValueOrDefault(name)?.Store is { } store)
        {
            _database.Hide(store, name);
        }

        if (!_database.Remove(name))
        {
            return false;
        }

        ForgetStamps();
        return true;
    }

    private AddResult Add(string path, string? name, bool replace, ProjectorChoice? projector, ModelProfile? profile, FolderHeaders headers, bool transient)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0'))
        {
            return new(AddOutcome.NotFound, path, "A path cannot have the character U+0000 in it.");
        }

        var first = SplitFileName.FirstOf(Path.GetFullPath(path));
        if ((name is null ? ModelName.FromFileName(first) : ModelName.TryParse(name, out var parsed) && !parsed.HadCloudSuffix ? parsed : null) is not { } modelName)
        {
            return new(AddOutcome.InvalidName, first, $"'{name}' is not a valid model name: use letters, digits, '.', '_' and '-', with an optional ':tag'.");
        }

        // Files are read before the lock is taken: nobody waits for a slow disk.
        var known = Current().Find(modelName) is { } present && present.Path == first ? present : null;
        projector ??= known?.Projector ?? ProjectorChoice.Automatic;
        profile ??= known?.Profile ?? ModelProfile.None;
        var candidate = ModelCandidate.From(first, modelName, projector, profile, _time.GetUtcNow(), headers, out var refusal);
        if (candidate is null)
        {
            return refusal!;
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var result = transient
                ? Place(candidate with { IsTransient = true }, replace, _transient.GetValueOrDefault(modelName))
                : Guarded(() => _database!.InTransaction(() => Store(candidate, replace)));
            if (result.Succeeded)
            {
                (transient ? _transient : _stored)[modelName] = result.Model;
                if (!transient)
                {
                    _rows[modelName] = StoredModel.Of(result.Model);
                }
            }

            _snapshot = null;
            return result;
        }
    }

    // Under the database's own lock, so that two processes cannot both find a name free.
    private AddResult Store(CatalogModel candidate, bool replace)
    {
        if (_database!.DataVersion() != _dataVersion)
        {
            ReadStored();
        }

        // A blob may have lost its last name since it was looked at.
        var result = IsWhole(candidate)
            ? Place(candidate, replace, _stored.GetValueOrDefault(candidate.Name))
            : new AddResult(AddOutcome.NotFound, candidate.Path, $"'{candidate.Path}' was deleted just now.");
        if (result.Succeeded)
        {
            _database.Write(result.Model);
        }

        return result;
    }

    private static AddResult Place(CatalogModel candidate, bool replace, CatalogModel? present)
    {
        if (present is null)
        {
            return new(AddOutcome.Added, candidate.Path, $"Added '{candidate.Name}'.", candidate);
        }

        // What a store has, the user may take for himself.
        if (!replace && present.Store is null && FileStamp.Target(present.Path) is { } file && !IsSameFile(file, present.Path, candidate.Path))
        {
            return new(AddOutcome.NameTaken, candidate.Path, $"'{candidate.Path}' was not added: the name '{present.Name}' belongs to '{present.Path}' already. Choose another name, or remove that one first.", present);
        }

        var model = candidate with { AddedAt = present.AddedAt };
        return new(AddOutcome.Replaced, model.Path, $"'{model.Name}' is now '{model.Path}'.", model);
    }

    private static bool IsWhole(CatalogModel model) => model.Files.All(static file => FileStamp.Of(file.Path) is not null);

    // One file under two paths: a link, or another spelling where the system does not tell them apart.
    private static bool IsSameFile(FileInfo file, string path, string other) =>
        path == other
        || string.Equals(file.FullName, FileStamp.Target(other)?.FullName, OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    private CatalogSnapshot Current()
    {
        if (_snapshot is { } current)
        {
            return current;
        }

        lock (_lock)
        {
            return _snapshot ??= new([.. _stored.Values, .. _transient.Values.Where(model => !_stored.ContainsKey(model.Name))]);
        }
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
        }
        finally
        {
            _lock.Exit();
        }

        if (Interlocked.CompareExchange(ref _looking, 1, 0) != 0)
        {
            return;
        }

        if (Current().Models.Length <= MostLookedAtInline)
        {
            LookOnce();
        }
        else
        {
            _ = Task.Run(LookOnce);
        }
    }

    private void LookOnce()
    {
        try
        {
            LookAtFiles();
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }
    }

    private void LookAtFiles()
    {
        var headers = new FolderHeaders();
        foreach (var model in Current().Models)
        {
            if (Volatile.Read(ref _disposed))
            {
                return;
            }

            if (!IsFresh(model))
            {
                Update(model, headers);
            }
        }
    }

    private bool IsFresh(CatalogModel model)
    {
        Interlocked.Increment(ref _fileLooks);
        return model.State is FileState.Missing
            ? ModelReading.IsIncomplete(model.Path, model.Projector, model.Profile)
            : !model.Files.IsEmpty && model.Files.All(static file => FileStamp.Of(file.Path) == file.Stamp);
    }

    private CatalogModel Update(CatalogModel stale, FolderHeaders headers)
    {
        var updated = ModelCandidate.LookAgain(stale, headers, _time.GetUtcNow());
        lock (_lock)
        {
            // Another thread may have been faster, may have removed it, or given it another file.
            var models = stale.IsTransient ? _transient : _stored;
            if (!models.TryGetValue(stale.Name, out var model))
            {
                return updated;
            }

            if (!ReferenceEquals(model, stale))
            {
                return model;
            }

            models[stale.Name] = updated;
            _snapshot = null;
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
            _rows[model.Name] = StoredModel.Of(model);
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
            Interlocked.Increment(ref _databaseLooks);
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
        _snapshot = null;
    }

    // What has not changed is kept as it is: its facts are not even read.
    private void ReadStored()
    {
        // The version first: a commit between the two is seen twice rather than never.
        var version = _database!.DataVersion();
        var rows = _database.ReadAll().DistinctBy(static row => row.Name).ToDictionary(static row => row.Name);
        var isNew = _stored.Count == 0;
        var facts = isNew ? _database.ReadAllFacts() : null;
        _stored = rows.Values.ToDictionary(
            static row => row.Name,
            row => _stored.TryGetValue(row.Name, out var known) && _rows.GetValueOrDefault(row.Name) == row
                ? known
                : row.ToModel(facts?.GetValueOrDefault(row.Name.Full) ?? _database.ReadFacts(row.Name)));
        _rows = rows;
        _imports = _database.ReadImports();

        // Of what another process has stored since, it may have found out the digests too.
        _digests = null;
        _dataVersion = version;
    }

    private T Guarded<T>(Func<T> change)
    {
        try
        {
            return change();
        }
        catch (SqliteException exception)
        {
            // What was read in the meantime is read again.
            _dataVersion = -1;
            throw _database!.Explain(exception);
        }
    }
}

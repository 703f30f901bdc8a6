using System.Collections.Immutable;
using GGLib.Catalog.Imports;

namespace GGLib.Catalog;

/// <summary>
/// The stores of other programs. Their models are rows like any other, so that a list costs nothing more; a store is read again when its
/// stamp is another one than when it was last read, by whichever process sees it first.
/// </summary>
public sealed partial class ModelCatalog
{
    // A command should not hang on a network disk; what it has not seen, the next look sees.
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(1);

    private readonly StoreLooks _storeLooks;
    private Dictionary<string, StoredImport> _imports = [];

    /// <summary>The stores whose models are shown.</summary>
    public ImmutableArray<ModelStore> Stores => [.. Imports().Where(static import => !import.IsDeclined).Select(static import => import.Store)];

    /// <summary>Shows the models of a store from now on, those too that were removed by name.</summary>
    /// <exception cref="CatalogException">The database could not be written.</exception>
    /// <exception cref="InvalidOperationException">The catalog is only in memory.</exception>
    public ImportReport Import(ModelStore store, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (_database is null)
        {
            throw new InvalidOperationException("A catalog in memory remembers no stores.");
        }

        if (!store.IsThere)
        {
            return new(store, [], [], 0, [], [$"There is no folder '{store.Path}'."]);
        }

        Write(new StoredImport(store, "", IsDeclined: false), () => _database.Unhide(store));
        return Synchronise(store, cancellation);
    }

    /// <summary>Takes a store's models out of the catalog and forgets the store. Nothing in the store is touched.</summary>
    /// <returns>How many models that were; null when there is no such store.</returns>
    /// <exception cref="CatalogException">The database could not be written.</exception>
    public int? RemoveStore(ModelStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ReloadIfChanged();
            if (_database is null || !_imports.ContainsKey(store.Path))
            {
                return null;
            }

            var names = Guarded(() => _database.InTransaction(() =>
            {
                var gone = NamesOf(store);
                gone.ForEach(name => _database.Remove(name));
                _database.RemoveImport(store);
                ForgetStamps();
                return gone;
            }));
            Forget(names);
            _imports.Remove(store.Path);
            return names.Count;
        }
    }

    /// <summary>Remembers that the user does not want a store, so that he is not asked again.</summary>
    /// <exception cref="CatalogException">The database could not be written.</exception>
    public void Decline(ModelStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        Write(new StoredImport(store, "", IsDeclined: true), static () => { });
    }

    /// <summary>Whether the user has been asked about a store: he has imported or declined it.</summary>
    public bool Knows(ModelStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return Imports().Any(import => import.Store.Path == store.Path);
    }

    private List<StoredImport> Imports()
    {
        lock (_lock)
        {
            return [.. _imports.Values.OrderBy(static import => import.Store.Kind).ThenBy(static import => import.Store.Path, StringComparer.Ordinal)];
        }
    }

    private void Write(StoredImport import, Action also)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_database is not null)
            {
                Guarded(() => _database.InTransaction(() =>
                {
                    _database.WriteImport(import);
                    also();
                    return true;
                }));
            }

            _imports[import.Store.Path] = import;
        }
    }

    private void LookAtStoresWhenDue(bool urgently, bool mayWait)
    {
        if (_imports.Count == 0 || !_storeLooks.TryBegin(urgently))
        {
            return;
        }

        if (mayWait && _storeLooks.IsCheap)
        {
            LookAtStores(Timeout.InfiniteTimeSpan);
        }
        else
        {
            _ = Task.Run(() => LookAtStores(Timeout.InfiniteTimeSpan));
        }
    }

    private void LookAtStores(TimeSpan most)
    {
        var cost = TimeSpan.Zero;
        using var enough = new CancellationTokenSource(most, _time);
        try
        {
            foreach (var import in Imports().Where(static import => !import.IsDeclined && import.Store.IsThere))
            {
                var began = _time.GetTimestamp();
                var hasChanged = StoreReader.Of(import.Store).Stamp(enough.Token) != import.Stamp;
                cost += _time.GetElapsedTime(began);
                if (hasChanged && !Volatile.Read(ref _disposed))
                {
                    Synchronise(import.Store, CancellationToken.None);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or CatalogException or ObjectDisposedException)
        {
            // A database that is busy or read-only does not stop the service, and the next look comes.
        }
        finally
        {
            _storeLooks.End(cost);
        }
    }

    private ImportReport Synchronise(ModelStore store, CancellationToken cancellation)
    {
        // 1 The stamp before the contents: a change in between is seen twice rather than never.
        var reader = StoreReader.Of(store);
        var stamp = reader.Stamp(cancellation);
        var headers = new FolderHeaders();
        var reading = reader.Read(headers, cancellation);
        var problems = new List<string>(reading.Problems);
        var kept = new HashSet<ModelName>(reading.Kept);

        // 2 The files of what is new or another, before the lock is taken.
        var candidates = new List<CatalogModel>();
        var unchanged = 0;
        foreach (var entry in reading.Entries)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Current().Find(entry.Name) is { } present && IsAsDescribed(present, entry, store))
            {
                unchanged++;
                kept.Add(entry.Name);
            }
            else if (ModelCandidate.From(entry.Path, entry.Name, entry.Projector, entry.Profile, _time.GetUtcNow(), headers, out var refusal) is { } candidate)
            {
                candidates.Add(candidate with { Store = store.Path });
            }
            else if (refusal!.Outcome is not AddOutcome.NotAModel || reader.NamesModels)
            {
                problems.Add($"'{entry.Name}': {refusal.Message}");
                if (refusal.Outcome is AddOutcome.NotFound)
                {
                    kept.Add(entry.Name);
                }
            }
        }

        // 3 All at once, under the database's own lock.
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var (added, updated, vanished) = Guarded(() => _database!.InTransaction(() => Store(store, stamp, candidates, kept, problems)));
            foreach (var model in added.Concat(updated))
            {
                _stored[model.Name] = model;
                _rows[model.Name] = StoredModel.Of(model);
            }

            Forget(vanished);
            if (_imports.TryGetValue(store.Path, out var import))
            {
                _imports[store.Path] = import with { Stamp = stamp };
            }

            return new(store, [.. added], [.. updated], unchanged, [.. vanished], [.. problems]);
        }
    }

    private (List<CatalogModel> Added, List<CatalogModel> Updated, List<ModelName> Vanished) Store(
        ModelStore store, string stamp, List<CatalogModel> candidates, HashSet<ModelName> kept, List<string> problems)
    {
        if (_database!.DataVersion() != _dataVersion)
        {
            ReadStored();
        }

        List<CatalogModel> added = [];
        List<CatalogModel> updated = [];
        if (_imports.GetValueOrDefault(store.Path) is not { IsDeclined: false })
        {
            // Another process has removed it meanwhile.
            return (added, updated, []);
        }

        foreach (var candidate in candidates)
        {
            var present = _stored.GetValueOrDefault(candidate.Name);
            if (present is not null && present.Store != store.Path)
            {
                problems.Add(present.Store is null
                    ? $"'{candidate.Name}': the library has a model of this name already."
                    : $"'{candidate.Name}': '{present.Store}' has a model of this name already.");
            }
            else if (!_database.IsHidden(store, candidate.Name))
            {
                var model = present is null ? candidate : candidate with { AddedAt = present.AddedAt };
                _database.Write(model);
                kept.Add(model.Name);
                (present is null ? added : updated).Add(model);
            }
        }

        var vanished = NamesOf(store).Where(name => !kept.Contains(name)).ToList();
        vanished.ForEach(name => _database.Remove(name));
        if (vanished.Count > 0)
        {
            // Another store may have a model of that name.
            ForgetStamps();
        }

        _database.WriteImport(new StoredImport(store, stamp, IsDeclined: false));
        return (added, updated, vanished);
    }

    private bool IsAsDescribed(CatalogModel model, StoreEntry entry, ModelStore store) =>
        model.Store == store.Path && model.Path == entry.Path && model.Projector == entry.Projector && model.Profile.ToJson() == entry.Profile.ToJson() && IsFresh(model);

    private List<ModelName> NamesOf(ModelStore store) => [.. _stored.Values.Where(model => model.Store == store.Path).Select(static model => model.Name)];

    private void Forget(IEnumerable<ModelName> names)
    {
        foreach (var name in names)
        {
            _stored.Remove(name);
            _rows.Remove(name);
        }

        _snapshot = null;
    }

    private void ForgetStamps()
    {
        if (_imports.Count > 0)
        {
            _database!.ForgetStamps();
            _imports = _imports.Values.ToDictionary(static import => import.Store.Path, static import => import with { Stamp = "" }, StringComparer.Ordinal);
        }
    }
}

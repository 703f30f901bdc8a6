namespace GGLib.Catalog.Imports;

/// <summary>All that was found in a store, and what was not understood. Filled while it is read. Not thread-safe.</summary>
internal sealed class StoreReading
{
    private readonly List<StoreEntry> _entries = [];
    private readonly List<string> _problems = [];
    private readonly HashSet<ModelName> _kept = [];
    private readonly HashSet<ModelName> _names = [];

    /// <summary>The models, no name twice.</summary>
    public IReadOnlyList<StoreEntry> Entries => _entries;

    /// <summary>A sentence for each model that could not be taken. Names are in it as they are.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Names that the store still has although something is wrong with them: what is known of them stays.</summary>
    public IReadOnlySet<ModelName> Kept => _kept;

    /// <summary>Takes a model; false when the name is taken.</summary>
    public bool TryAdd(StoreEntry entry)
    {
        if (!_names.Add(entry.Name))
        {
            return false;
        }

        _entries.Add(entry);
        return true;
    }

    public bool Has(ModelName name) => _names.Contains(name);

    public void Refuse(string problem, ModelName? kept = null)
    {
        _problems.Add(problem);
        if (kept is not null)
        {
            _kept.Add(kept);
        }
    }
}

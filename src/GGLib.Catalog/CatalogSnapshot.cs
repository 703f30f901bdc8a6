using System.Collections.Immutable;

namespace GGLib.Catalog;

/// <summary>The whole catalog at one moment: the list in order, and an index of every spelling that needs no parsing. Immutable.</summary>
internal sealed class CatalogSnapshot
{
    private readonly Dictionary<string, CatalogModel> _bySpelling;
    private readonly Dictionary<ModelName, CatalogModel> _byName;

    public static readonly CatalogSnapshot Empty = new([]);

    public CatalogSnapshot(IEnumerable<CatalogModel> models)
    {
        Models =
        [
            .. models
                .OrderByDescending(static model => model.ModifiedAt)
                .ThenBy(static model => model.Name.Full, StringComparer.OrdinalIgnoreCase),
        ];
        _byName = Models.ToDictionary(static model => model.Name);
        var spellings = new Dictionary<string, CatalogModel>(StringComparer.OrdinalIgnoreCase);
        foreach (var model in Models)
        {
            spellings[model.Name.Full] = model;
            spellings[model.Name.Display] = model;
            if (model.Name.HasDefaultTag)
            {
                spellings[model.Name.Display[..^(ModelName.DefaultTag.Length + 1)]] = model;
            }
        }

        _bySpelling = spellings;
    }

    /// <summary>Newest first.</summary>
    public ImmutableArray<CatalogModel> Models { get; }

    /// <summary>The model a client means, or null. The usual spellings cost one look-up and no allocation.</summary>
    public CatalogModel? Find(string requested) =>
        _bySpelling.TryGetValue(requested, out var model) ? model
        : ModelName.TryParse(requested, out var name) && !name.HadCloudSuffix ? Find(name)
        : null;

    public CatalogModel? Find(ModelName name) => _byName.GetValueOrDefault(name);
}

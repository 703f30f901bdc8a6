using System.Text;

namespace GGLib.Catalog.Templates.Values;

/// <summary>
/// A map from text. Its entries are kept in the order in which templates see them: by key, byte for byte, as Go sorts, or as
/// they were given.
/// </summary>
internal sealed class MapValue : TemplateValue
{
    private readonly Dictionary<string, TemplateValue> _byKey;

    public MapValue(string typeName, IReadOnlyList<KeyValuePair<string, TemplateValue>> entries, PrintForm form = PrintForm.Go, TemplateValue? absent = null, bool isNil = false)
    {
        TypeName = typeName;
        Entries = entries;
        Form = form;
        Absent = absent ?? Nil;
        IsNil = isNil;
        _byKey = entries.ToDictionary(StringComparer.Ordinal);
    }

    public IReadOnlyList<KeyValuePair<string, TemplateValue>> Entries { get; }

    public PrintForm Form { get; }

    /// <summary>What a key that is not there gives.</summary>
    public TemplateValue Absent { get; }

    public override string TypeName { get; }

    public override bool IsTruthy => Entries.Count > 0;

    public override bool IsNil { get; }

    public TemplateValue this[string key] => _byKey.GetValueOrDefault(key, Absent);

    /// <summary>The entries as Go ranges over them; of a key given twice the last counts.</summary>
    public static IReadOnlyList<KeyValuePair<string, TemplateValue>> Sorted(IEnumerable<KeyValuePair<string, TemplateValue>> entries)
    {
        var last = Unique(entries);
        // UTF-16 order differs from byte order where surrogates meet U+E000 and above.
        return [.. last.OrderBy(entry => Encoding.UTF8.GetBytes(entry.Key), ByteOrder.Instance)];
    }

    /// <summary>The entries as they were given; of a key given twice the last value counts, at the first place.</summary>
    public static IReadOnlyList<KeyValuePair<string, TemplateValue>> Unique(IEnumerable<KeyValuePair<string, TemplateValue>> entries)
    {
        var unique = new List<KeyValuePair<string, TemplateValue>>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (places.TryAdd(entry.Key, unique.Count))
            {
                unique.Add(entry);
            }
            else
            {
                unique[places[entry.Key]] = entry;
            }
        }

        return unique;
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static ByteOrder Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}

using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace GGLib.Gguf;

/// <summary>A header's keys and values in the order of the file. Keys are compared byte for byte. Immutable once read.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "The format's own word for it.")]
public sealed class GgufMetadata : IReadOnlyDictionary<string, GgufValue>
{
    private readonly OrderedDictionary<string, GgufValue> _values = new(StringComparer.Ordinal);

    internal GgufMetadata()
    {
    }

    public int Count => _values.Count;

    public IEnumerable<string> Keys => _values.Keys;

    public IEnumerable<GgufValue> Values => _values.Values;

    public GgufValue this[string key] => _values[key];

    public bool ContainsKey(string key) => _values.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out GgufValue value) => _values.TryGetValue(key, out value);

    /// <summary>The text under a key, or null when there is none or it is of another type.</summary>
    public string? Text(string key) => _values.TryGetValue(key, out var value) ? value.Text : null;

    /// <summary>The integer under a key, of whatever width, or null.</summary>
    public long? Integer(string key) => _values.TryGetValue(key, out var value) && value.TryGetInteger(out var integer) ? integer : null;

    /// <summary>The number under a key, of whatever type, or null.</summary>
    public double? Number(string key) => _values.TryGetValue(key, out var value) && value.TryGetNumber(out var number) ? number : null;

    /// <summary>The bool under a key, or null.</summary>
    public bool? Bool(string key) => _values.TryGetValue(key, out var value) && value.TryGetBool(out var truth) ? truth : null;

    /// <summary>The array under a key, or null.</summary>
    public GgufArray? Array(string key) => _values.TryGetValue(key, out var value) ? value.Array : null;

    public IEnumerator<KeyValuePair<string, GgufValue>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal bool TryAdd(string key, GgufValue value) => _values.TryAdd(key, value);

    internal void Set(string key, GgufValue value) => _values[key] = value;
}

using System.Text;
using System.Text.Json;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>
/// The targets of <c>$ref</c>. The engine resolves only pointers from the root of the schema, without escapes, so that every target becomes a definition at the root with a plain name.
/// </summary>
internal sealed class SchemaReferences
{
    private const int MaxNameLength = 100;

    private readonly JsonElement _root;
    private readonly Dictionary<string, JsonElement> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _anchors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ruleNames = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<(string Name, JsonElement Target)> _pending = new();

    public SchemaReferences(JsonElement root)
    {
        _root = root;
        Index(root, 0);
        Container = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("definitions", out _) && !root.TryGetProperty("$defs", out _) ? "definitions" : "$defs";
    }

    /// <summary>The keyword under which the root has its definitions.</summary>
    public string Container { get; }

    /// <summary>The schema that a reference names; null for a remote one, or one that names nothing.</summary>
    public JsonElement? Resolve(string reference)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var address = hash < 0 ? reference : reference[..hash];
        var fragment = hash < 0 ? "" : Uri.UnescapeDataString(reference[(hash + 1)..]);
        JsonElement start;
        if (address.Length == 0)
        {
            start = _root;
        }
        else if (_ids.TryGetValue(address, out var resource) || _ids.TryGetValue(address[(address.LastIndexOf('/') + 1)..], out resource))
        {
            start = resource;
        }
        else if (fragment.Length == 0 && _definitions.TryGetValue(address, out var bare))
        {
            return bare; // A bare name, as some generators write.
        }
        else
        {
            return null;
        }

        if (fragment.Length == 0)
        {
            return start;
        }

        if (fragment[0] != '/')
        {
            return _anchors.TryGetValue(fragment, out var anchor) ? anchor : null;
        }

        if (Follow(start, fragment) is { } target)
        {
            return target;
        }

        // A schema that was embedded in another one still counts from its own root.
        var parts = fragment.Split('/');
        return parts is ["", "$defs" or "definitions", var name] && _definitions.TryGetValue(Unescape(name), out var nested) ? nested : null;
    }

    /// <summary>The name under which the target of a reference is defined.</summary>
    public string NameOf(string reference, JsonElement target)
    {
        if (_names.TryGetValue(reference, out var known))
        {
            return known;
        }

        var wanted = Plain(reference);
        var name = wanted;
        for (var number = 2; !_ruleNames.Add(RuleName(name)); number++)
        {
            name = $"{wanted}{number}";
        }

        _names[reference] = name;
        _pending.Enqueue((name, target));
        return name;
    }

    /// <summary>Takes a definition that was named and not yet asked for.</summary>
    public bool TryTake(out (string Name, JsonElement Target) definition) => _pending.TryDequeue(out definition);

    // Different names must differ in the engine's rule names, too.
    private static string RuleName(string name) => string.Concat(name.Select(static character => char.IsAsciiLetterOrDigit(character) ? character : '-'));

    private static string Plain(string reference)
    {
        var last = Unescape(Uri.UnescapeDataString(reference[(reference.LastIndexOfAny(['/', '#']) + 1)..]));
        var name = new StringBuilder();
        foreach (var character in last.Take(MaxNameLength))
        {
            name.Append(char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' ? character : '_');
        }

        return name.Length == 0 ? "root" : name.ToString();
    }

    private static JsonElement? Follow(JsonElement start, string pointer)
    {
        var target = start;
        foreach (var part in pointer.Split('/').Skip(1).Select(Unescape))
        {
            if (target.ValueKind == JsonValueKind.Object && target.TryGetProperty(part, out var member))
            {
                target = member;
            }
            else if (target.ValueKind == JsonValueKind.Array && int.TryParse(part, out var index) && index >= 0 && index < target.GetArrayLength())
            {
                target = target[index];
            }
            else
            {
                return null;
            }
        }

        return target;
    }

    private static string Unescape(string part) => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private void Index(JsonElement value, int depth)
    {
        if (depth > SchemaLimits.Depth)
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                Index(item, depth + 1);
            }
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.String)
            {
                var text = member.Value.GetString()!;
                switch (member.Name)
                {
                    case "$id" or "id":
                        _ids.TryAdd(text.TrimEnd('#'), value);
                        _anchors.TryAdd(text.TrimStart('#'), value); // Draft 4 and 6: "$id": "#name".
                        break;
                    case "$anchor" or "$dynamicAnchor":
                        _anchors.TryAdd(text, value);
                        break;
                }
            }
            else if (member.Name is "$defs" or "definitions" && member.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var definition in member.Value.EnumerateObject())
                {
                    _definitions.TryAdd(definition.Name, definition.Value);
                }
            }

            Index(member.Value, depth + 1);
        }
    }
}

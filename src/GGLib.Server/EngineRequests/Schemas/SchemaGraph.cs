using System.Text.Json.Nodes;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>The definitions of a fitted schema and the references to them.</summary>
/// <param name="root">The schema without its definitions.</param>
/// <param name="definitions">The definitions by name; changed in place.</param>
/// <param name="prefix">The beginning of a reference to one.</param>
internal sealed class SchemaGraph(JsonObject root, JsonObject definitions, string prefix)
{
    private enum Mark
    {
        Open,
        Done,
    }

    private readonly Dictionary<string, Mark> _marks = new(StringComparer.Ordinal);

    /// <summary>
    /// Removes references that lead back to their own schema without an object or array in between. They add no values, and the engine rejects them as left recursion.
    /// </summary>
    public void BreakCycles()
    {
        foreach (var name in definitions.Select(static definition => definition.Key).ToArray())
        {
            Visit(name, 0);
        }
    }

    /// <summary>Removes definitions that the schema does not lead to.</summary>
    public void RemoveUnused()
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<JsonNode?>([root]);
        while (pending.TryPop(out var node))
        {
            foreach (var name in References(node))
            {
                if (used.Add(name))
                {
                    pending.Push(definitions[name]);
                }
            }
        }

        foreach (var name in definitions.Select(static definition => definition.Key).Where(name => !used.Contains(name)).ToArray())
        {
            definitions.Remove(name);
        }
    }

    /// <summary>Whether the engine would recurse too deeply, or take too long, over a complete fitted schema.</summary>
    public static bool IsTooLarge(JsonObject schema, string container)
    {
        var visited = new HashSet<string>(StringComparer.Ordinal);
        var nodes = 0;
        return Levels(schema, 0);

        // The engine follows a reference where it first meets it.
        bool Levels(JsonNode? node, int level)
        {
            if (level > SchemaLimits.Levels || ++nodes > 20 * SchemaLimits.Nodes)
            {
                return true;
            }

            switch (node)
            {
                case JsonArray array:
                    return array.Any(item => Levels(item, level + 1));
                case JsonObject fitted:
                    if (fitted["$ref"] is JsonValue value && value.TryGetValue<string>(out var reference))
                    {
                        var name = reference[(reference.LastIndexOf('/') + 1)..];
                        if (visited.Add(name) && Levels(schema[container]?[name], level + 1))
                        {
                            return true;
                        }
                    }

                    return fitted.Any(member => !(level == 0 && member.Key == container) && Levels(member.Value, level + 1));
                default:
                    return false;
            }
        }
    }

    private void Visit(string name, int depth)
    {
        _marks[name] = Mark.Open;
        if (definitions[name] is JsonObject schema)
        {
            Visit(schema, depth);
        }

        _marks[name] = Mark.Done;
    }

    private void Visit(JsonObject schema, int depth)
    {
        if (schema["$ref"] is JsonValue value && Name(value) is { } name)
        {
            if (depth > SchemaLimits.Levels || (_marks.TryGetValue(name, out var mark) && mark == Mark.Open))
            {
                schema.Remove("$ref");
            }
            else if (!_marks.ContainsKey(name))
            {
                Visit(name, depth + 1);
            }

            return;
        }

        foreach (var keyword in (string[])["anyOf", "oneOf"])
        {
            if (schema[keyword] is not JsonArray alternatives)
            {
                continue;
            }

            foreach (var alternative in alternatives.OfType<JsonObject>().ToArray())
            {
                var wasReference = alternative.ContainsKey("$ref");
                Visit(alternative, depth + 1);
                if (wasReference && !alternative.ContainsKey("$ref"))
                {
                    alternatives.Remove(alternative);
                }
            }

            if (alternatives.Count == 0)
            {
                schema.Remove(keyword);
            }
        }
    }

    private string? Name(JsonValue reference) =>
        reference.TryGetValue<string>(out var text) && text.StartsWith(prefix, StringComparison.Ordinal) && definitions.ContainsKey(text[prefix.Length..]) ? text[prefix.Length..] : null;

    private List<string> References(JsonNode? node)
    {
        var found = new List<string>();
        Collect(node);
        return found;

        void Collect(JsonNode? value)
        {
            switch (value)
            {
                case JsonObject schema:
                    if (schema["$ref"] is JsonValue reference && Name(reference) is { } name)
                    {
                        found.Add(name);
                    }

                    foreach (var member in schema)
                    {
                        Collect(member.Value);
                    }

                    break;
                case JsonArray array:
                    foreach (var item in array)
                    {
                        Collect(item);
                    }

                    break;
            }
        }
    }
}

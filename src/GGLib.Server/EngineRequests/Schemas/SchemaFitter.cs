using System.Text.Json;
using System.Text.Json.Nodes;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>Fits the schemas of one document. Not reusable, because references get their names in the order of their use.</summary>
internal sealed partial class SchemaFitter
{
    private const int MaxInlined = 50;

    private readonly JsonElement _root;
    private readonly SchemaReferences _references;
    private readonly Dictionary<string, JsonElement> _targets = new(StringComparer.Ordinal);
    private readonly HashSet<string> _inlining = new(StringComparer.Ordinal);
    private int _remaining = SchemaLimits.Nodes;
    private int _level;

    public SchemaFitter(JsonElement root)
    {
        _root = root;
        _references = new(root);
    }

    /// <summary>The schema of an answer.</summary>
    public JsonObject FitFormat()
    {
        var fitted = WithDefinitions(Fit(_root, 0) ?? []);
        return SchemaGraph.IsTooLarge(fitted, _references.Container) ? [] : fitted;
    }

    /// <summary>The schema of a tool's arguments. Chat templates and the engine's parsers of tool calls look for <c>properties</c> in an object at the root.</summary>
    public JsonObject FitParameters()
    {
        var schema = _root.ValueKind == JsonValueKind.Object ? Inlined(Compose(_root, 0) ?? []) : [];
        var fitted = WithDefinitions(Finished(AsObject(schema), isRoot: true));
        return SchemaGraph.IsTooLarge(fitted, _references.Container) ? AnyArguments() : fitted;
    }

    /// <summary>A schema for the same values or more; null when no value is allowed.</summary>
    private JsonObject? Fit(JsonElement schema, int path) => Compose(schema, path) is { } composed ? Finished(composed, isRoot: false) : null;

    /// <summary>As <see cref="Fit"/>, but the keywords that restrict each other are not adjusted yet, so that it can be merged.</summary>
    private JsonObject? Compose(JsonElement schema, int path)
    {
        if (--_remaining < 0 || _level >= SchemaLimits.Depth || path > SchemaLimits.PathLength)
        {
            return [];
        }

        _level++;
        var composed = ComposeLevel(schema, path);
        _level--;
        return composed;
    }

    private JsonObject? ComposeLevel(JsonElement schema, int path)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.False:
                return null;
            case JsonValueKind.String when SchemaTypes.Name(schema.GetString()!) is { } type:
                return new() { ["type"] = type };
            case JsonValueKind.Object:
                break;
            default:
                return [];
        }

        var members = SchemaKeywords.Read(schema);
        var (alternatives, hasAlternatives) = Alternatives(members, path);
        if (hasAlternatives && alternatives is [])
        {
            return null;
        }

        var fitted = Own(members, path);
        fitted = WithReference(fitted, members);
        fitted = WithAll(fitted, members, path);
        if (hasAlternatives)
        {
            fitted = WithAlternatives(fitted, alternatives, members);
        }

        fitted = members.TryGetValue("nullable", out var nullable) && nullable.ValueKind == JsonValueKind.True ? Nullable(fitted) : fitted;
        return InOrder(fitted, members.Keys);
    }

    private JsonObject WithReference(JsonObject fitted, OrderedDictionary<string, JsonElement> members)
    {
        foreach (var keyword in (string[])["$ref", "$dynamicRef", "$recursiveRef"])
        {
            if (!members.TryGetValue(keyword, out var value) || value.ValueKind != JsonValueKind.String || _references.Resolve(value.GetString()!) is not { } target)
            {
                continue;
            }

            var reference = new JsonObject { ["$ref"] = Reference(value.GetString()!, target) };
            if (SchemaKeywords.Restricts(fitted))
            {
                return SchemaMerging.Merge(fitted, Inlined(reference));
            }

            foreach (var (name, annotation) in fitted)
            {
                reference[name] = annotation?.DeepClone();
            }

            return reference;
        }

        return fitted;
    }

    private JsonObject WithAll(JsonObject fitted, OrderedDictionary<string, JsonElement> members, int path)
    {
        if (!members.TryGetValue("allOf", out var value) || value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object))
        {
            return fitted;
        }

        JsonElement[] parts = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        foreach (var part in parts)
        {
            if (Compose(part, path) is not { } component)
            {
                continue;
            }

            if (SchemaKeywords.Restricts(fitted))
            {
                fitted = SchemaMerging.Merge(Inlined(fitted), Inlined(component));
                continue;
            }

            // The description beside allOf is closer to the use than that of the component.
            foreach (var (name, annotation) in fitted)
            {
                component[name] = annotation?.DeepClone();
            }

            fitted = component;
        }

        return fitted;
    }

    /// <summary>The alternatives that can be satisfied, and whether there is such a keyword.</summary>
    private (List<JsonObject> Alternatives, bool Exist) Alternatives(OrderedDictionary<string, JsonElement> members, int path)
    {
        // The engine uses oneOf when there are both.
        if ((!members.TryGetValue("oneOf", out var value) || value.ValueKind != JsonValueKind.Array) && (!members.TryGetValue("anyOf", out value) || value.ValueKind != JsonValueKind.Array))
        {
            return ([], false);
        }

        if (value.GetArrayLength() > SchemaLimits.Alternatives)
        {
            return ([], false);
        }

        return ([.. value.EnumerateArray().Select(item => Compose(item, path)).OfType<JsonObject>()], true);
    }

    private JsonObject WithAlternatives(JsonObject fitted, List<JsonObject> alternatives, OrderedDictionary<string, JsonElement> members)
    {
        var keyword = members.TryGetValue("oneOf", out var one) && one.ValueKind == JsonValueKind.Array ? "oneOf" : "anyOf";
        var restricts = SchemaKeywords.RestrictsMoreThanType(fitted);
        if (SchemaKeywords.Restricts(fitted) && (restricts || alternatives.Any(static alternative => !SchemaKeywords.Restricts(alternative) || !DecidesType(alternative))))
        {
            if (!SchemaMerging.IsSmall(fitted, alternatives.Count) || fitted.ContainsKey("anyOf") || fitted.ContainsKey("oneOf"))
            {
                return fitted;
            }

            var common = new JsonObject();
            foreach (var (name, annotation) in fitted.ToArray())
            {
                if (!SchemaKeywords.IsRestricting(name))
                {
                    fitted.Remove(name);
                    common[name] = annotation;
                }
            }

            common[keyword] = new JsonArray([.. alternatives.Select(alternative => Finished(SchemaMerging.Merge(Inlined(fitted), Inlined(alternative)), isRoot: false))]);
            return common;
        }

        var array = new JsonArray([.. alternatives.Select(alternative => Finished(alternative, isRoot: false))]);
        fitted[keyword] = array;
        return fitted;
    }

    private static bool DecidesType(JsonObject schema) =>
        schema.ContainsKey("type") || schema.ContainsKey("$ref") || schema.ContainsKey("enum") || schema.ContainsKey("const") || schema.ContainsKey("anyOf") || schema.ContainsKey("oneOf");

    /// <summary>A fitted schema that is not a reference; a reference that leads back to itself becomes a schema that accepts everything.</summary>
    private JsonObject Inlined(JsonObject schema)
    {
        if (schema["$ref"] is not JsonValue value)
        {
            return schema;
        }

        var reference = value.GetValue<string>();
        var annotations = (JsonObject)schema.DeepClone();
        annotations.Remove("$ref");
        if (!_targets.TryGetValue(reference, out var target) || _inlining.Count >= MaxInlined || !_inlining.Add(reference))
        {
            return annotations;
        }

        var inlined = Inlined(Compose(target, 0) ?? []);
        _inlining.Remove(reference);
        return SchemaMerging.Merge(annotations, inlined);
    }

    private string Reference(string reference, JsonElement target)
    {
        var pointer = $"#/{_references.Container}/{_references.NameOf(reference, target)}";
        _targets.TryAdd(pointer, target);
        return pointer;
    }

    private static JsonObject Nullable(JsonObject schema)
    {
        var types = SchemaTypes.Of(schema);
        if (types.Count > 0 && !types.Contains("null"))
        {
            SchemaTypes.Set(schema, [.. types, "null"]);
        }

        if (schema["enum"] is JsonArray values && !values.Contains(null))
        {
            values.Add((JsonNode?)null);
        }

        if (schema.TryGetPropertyValue("const", out var constant) && constant is not null)
        {
            schema.Remove("const");
            schema["enum"] = new JsonArray(constant.DeepClone(), null);
        }

        var alternatives = schema["oneOf"] as JsonArray ?? schema["anyOf"] as JsonArray;
        if (alternatives is not null)
        {
            alternatives.Add((JsonNode)new JsonObject { ["type"] = "null" });
        }
        else if (schema["$ref"] is { } reference)
        {
            schema.Remove("$ref");
            schema["anyOf"] = new JsonArray(new JsonObject { ["$ref"] = reference.DeepClone() }, new JsonObject { ["type"] = "null" });
        }

        return schema;
    }

    /// <summary>The keywords in the order in which the client wrote them; the ones that it did not write come last.</summary>
    private static JsonObject InOrder(JsonObject schema, IEnumerable<string> order)
    {
        var names = order.Where(schema.ContainsKey).ToArray();
        if (schema.Select(static member => member.Key).SequenceEqual([.. names, .. schema.Select(static member => member.Key).Except(names)]))
        {
            return schema;
        }

        var ordered = new JsonObject();
        foreach (var name in (string[])[.. names, .. schema.Select(static member => member.Key).Except(names)])
        {
            var value = schema[name];
            schema.Remove(name);
            ordered[name] = value;
        }

        return ordered;
    }

    private JsonObject WithDefinitions(JsonObject schema)
    {
        var definitions = new JsonObject();

        // Fitting a definition may name others.
        while (_references.TryTake(out var definition))
        {
            definitions[definition.Name] = Fit(definition.Target, 0) ?? [];
        }

        var graph = new SchemaGraph(schema, definitions, $"#/{_references.Container}/");
        graph.BreakCycles();
        graph.RemoveUnused();
        if (definitions.Count > 0)
        {
            schema[_references.Container] = definitions;
        }

        return schema;
    }
}

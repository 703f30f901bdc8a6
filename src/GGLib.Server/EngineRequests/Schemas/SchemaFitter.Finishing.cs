using System.Text.Json.Nodes;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>Keywords that restrict each other.</summary>
internal sealed partial class SchemaFitter
{
    private static JsonObject AnyArguments() => new() { ["type"] = "object", ["properties"] = new JsonObject(), ["additionalProperties"] = true };

    private JsonObject Finished(JsonObject schema, bool isRoot)
    {
        if (schema.ContainsKey("$ref"))
        {
            return schema;
        }

        OrderBounds(schema, "minItems", "maxItems");
        OrderBounds(schema, "minLength", "maxLength");
        FinishIntegers(schema);
        FinishItems(schema);
        if (!SchemaTypes.Allows(schema, "object"))
        {
            return schema;
        }

        DeclareRequired(schema);
        OpenForPatterns(schema);
        LimitProperties(schema);
        return OpenForNames(schema, isRoot);
    }

    /// <summary>Bounds that no value satisfies are dropped: the engine hangs on them.</summary>
    private static void OrderBounds(JsonObject schema, string lower, string upper)
    {
        if (SchemaValues.Number(schema, lower) > SchemaValues.Number(schema, upper))
        {
            schema.Remove(lower);
            schema.Remove(upper);
        }
    }

    private static void FinishIntegers(JsonObject schema)
    {
        // The engine looks at the first of each pair only.
        var least = SchemaValues.Number(schema, "minimum") ?? SchemaValues.Number(schema, "exclusiveMinimum") + 1;
        var most = SchemaValues.Number(schema, "maximum") ?? SchemaValues.Number(schema, "exclusiveMaximum") - 1;
        if (SchemaTypes.Of(schema).Contains("integer") && Math.Ceiling(least ?? double.MinValue) > Math.Floor(most ?? double.MaxValue))
        {
            schema.Remove("minimum");
            schema.Remove("maximum");
            schema.Remove("exclusiveMinimum");
            schema.Remove("exclusiveMaximum");
        }
    }

    private static void FinishItems(JsonObject schema)
    {
        var items = schema["items"];
        var isFalse = items is JsonValue;
        if (schema["prefixItems"] is not JsonArray prefix)
        {
            if (isFalse)
            {
                schema["items"] = new JsonObject();
                schema.Remove("minItems");
                schema["maxItems"] = 0;
            }

            return;
        }

        // The engine takes either: a tuple of exactly the given items, or any number of equal items.
        if (isFalse || SchemaValues.Number(schema, "maxItems") <= prefix.Count)
        {
            schema.Remove("items");
        }
        else if (items is JsonObject rest)
        {
            schema["items"] = new JsonObject { ["anyOf"] = new JsonArray([.. prefix.Select(static item => item!.DeepClone()), rest.DeepClone()]) };
        }
    }

    /// <summary>Declares required properties that have no schema: the engine allows declared properties only.</summary>
    private static void DeclareRequired(JsonObject schema)
    {
        if (schema["required"] is not JsonArray required)
        {
            schema.Remove("required");
            return;
        }

        var isClosed = schema["additionalProperties"] is JsonValue value && value.TryGetValue<bool>(out var allowed) && !allowed;
        var isUndeclared = schema["properties"] is not JsonObject;
        foreach (var name in required.ToArray())
        {
            if (schema["properties"] is JsonObject existing && existing.ContainsKey(name!.GetValue<string>()))
            {
                continue;
            }

            if (isClosed)
            {
                required.Remove(name);
                continue;
            }

            if (schema["properties"] is not JsonObject properties)
            {
                schema["properties"] = properties = [];
            }

            properties[name!.GetValue<string>()] = schema["additionalProperties"] is JsonObject any ? any.DeepClone() : new JsonObject();
        }

        if (isUndeclared && schema.ContainsKey("properties") && !schema.ContainsKey("additionalProperties"))
        {
            schema["additionalProperties"] = true;
        }
    }

    /// <summary>The engine ignores <c>patternProperties</c> and allows no properties but the declared ones.</summary>
    private static void OpenForPatterns(JsonObject schema)
    {
        var isClosed = schema["additionalProperties"] is JsonValue value && value.TryGetValue<bool>(out var allowed) ? !allowed : schema["additionalProperties"] is null;
        if (isClosed && schema["patternProperties"] is JsonObject { Count: > 0 } patterns)
        {
            schema["additionalProperties"] = patterns.Count == 1 ? patterns.First().Value!.DeepClone() : true;
        }
    }

    private static void LimitProperties(JsonObject schema)
    {
        if (schema["properties"] is JsonObject properties && properties.Count - ((schema["required"] as JsonArray)?.Count ?? 0) > SchemaLimits.OptionalProperties)
        {
            schema.Remove("properties");
            schema.Remove("required");
            schema.Remove("additionalProperties");
        }
    }

    /// <summary>
    /// Beside declared properties, the engine describes the names of others by character classes that it does not escape. For names that break them, other properties are allowed by an alternative,
    /// or not at all at the root of a tool, which must be an object.
    /// </summary>
    private static JsonObject OpenForNames(JsonObject schema, bool isRoot)
    {
        if (schema["properties"] is not JsonObject { Count: > 0 } properties
            || schema["additionalProperties"] is not { } additional
            || (additional is JsonValue value && value.TryGetValue<bool>(out var allowed) && !allowed)
            || SchemaNames.CanBeExcluded([.. properties.Select(static property => property.Key)]))
        {
            return schema;
        }

        schema.Remove("additionalProperties");
        if (isRoot || schema.ContainsKey("anyOf") || schema.ContainsKey("oneOf"))
        {
            return schema;
        }

        var annotations = new JsonObject();
        foreach (var (name, annotation) in schema.ToArray())
        {
            if (!SchemaKeywords.IsRestricting(name))
            {
                schema.Remove(name);
                annotations[name] = annotation;
            }
        }

        var open = new JsonObject { ["type"] = "object" };
        annotations["anyOf"] = new JsonArray(schema, open);
        return annotations;
    }

    /// <summary>A schema of arguments with <c>type</c> and <c>properties</c>. Alternatives become one object that has the properties of all.</summary>
    private JsonObject AsObject(JsonObject schema)
    {
        if (!SchemaTypes.Allows(schema, "object"))
        {
            var any = AnyArguments();
            foreach (var (name, annotation) in schema)
            {
                if (!SchemaKeywords.IsRestricting(name))
                {
                    any[name] = annotation?.DeepClone();
                }
            }

            return any;
        }

        foreach (var keyword in (string[])["anyOf", "oneOf"])
        {
            if (schema[keyword] is JsonArray alternatives)
            {
                schema.Remove(keyword);
                schema = SchemaMerging.Merge(schema, Together([.. alternatives.OfType<JsonObject>().Select(Inlined).Where(static alternative => SchemaTypes.Allows(alternative, "object"))]));
            }
        }

        schema.Remove("enum");
        schema.Remove("const");
        if (!schema.ContainsKey("type"))
        {
            schema.Insert(0, "type", "object");
        }

        schema["type"] = "object";
        if (schema["properties"] is not JsonObject)
        {
            schema["properties"] = new JsonObject();
            if (schema["additionalProperties"] is null && schema["patternProperties"] is null)
            {
                schema["additionalProperties"] = true;
            }
        }

        return schema;
    }

    /// <summary>One object for several alternatives: what one allows is allowed, what all require is required.</summary>
    private JsonObject Together(IReadOnlyList<JsonObject> alternatives)
    {
        var properties = new JsonObject();
        HashSet<string>? required = null;
        foreach (var alternative in alternatives)
        {
            foreach (var (name, schema) in alternative["properties"] as JsonObject ?? [])
            {
                if (!properties.TryGetPropertyValue(name, out var existing))
                {
                    properties[name] = schema?.DeepClone();
                }
                else if (!JsonNode.DeepEquals(existing, schema))
                {
                    if (existing is JsonObject { Count: 1 } several && several["anyOf"] is JsonArray options)
                    {
                        if (!options.Any(option => JsonNode.DeepEquals(option, schema)))
                        {
                            options.Add(schema?.DeepClone());
                        }
                    }
                    else
                    {
                        properties[name] = new JsonObject { ["anyOf"] = new JsonArray(existing?.DeepClone(), schema?.DeepClone()) };
                    }
                }
            }

            var names = (alternative["required"] as JsonArray ?? []).Select(static name => name!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
            required = required is null ? names : [.. required.Intersect(names)];
        }

        var together = new JsonObject();
        if (properties.Count > 0)
        {
            together["properties"] = properties;
        }

        if (required is { Count: > 0 })
        {
            together["required"] = new JsonArray([.. required.Select(static name => (JsonNode)JsonValue.Create(name)!)]);
        }

        if (alternatives.Any(static alternative => alternative["additionalProperties"] is JsonObject || (alternative["additionalProperties"] is JsonValue value && value.TryGetValue<bool>(out var allowed) && allowed)))
        {
            together["additionalProperties"] = true;
        }

        return together;
    }
}

using System.Text.Json.Nodes;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>
/// Merges fitted schemas whose restrictions hold together, as those of <c>allOf</c> do. The engine ignores what stands beside <c>anyOf</c>, <c>oneOf</c> and <c>$ref</c>, and requires every property
/// that <c>allOf</c> mentions.
/// </summary>
internal static class SchemaMerging
{
    private const int MaxProduct = 1_000;

    /// <summary>
    /// A schema for the values that both accept, or for more. When no value can satisfy both, the keyword of <paramref name="first"/> holds. Neither may be a reference; both are left unchanged.
    /// </summary>
    public static JsonObject Merge(JsonObject first, JsonObject second)
    {
        var merged = (JsonObject)first.DeepClone();
        MergeType(merged, second);
        foreach (var (keyword, value) in second)
        {
            switch (keyword)
            {
                case "type":
                    break;
                case "properties" when merged["properties"] is JsonObject properties && value is JsonObject others:
                    MergeProperties(properties, others);
                    break;
                case "required" when merged["required"] is JsonArray required && value is JsonArray others:
                    AddMissing(required, others);
                    break;
                case "additionalProperties" when merged.ContainsKey(keyword):
                    MergeAdditional(merged, value);
                    break;
                case "items" when merged["items"] is JsonObject items && value is JsonObject others && !IsReference(items) && !IsReference(others):
                    merged["items"] = Merge(items, others);
                    break;
                case "enum" when merged["enum"] is JsonArray values && value is JsonArray others:
                    var common = values.Where(item => others.Any(other => JsonNode.DeepEquals(item, other))).Select(static item => item?.DeepClone()).ToArray();
                    if (common.Length > 0)
                    {
                        merged["enum"] = new JsonArray(common);
                    }

                    break;
                case "minimum" or "exclusiveMinimum" or "minLength" or "minItems" when SchemaValues.Number(merged, keyword) is { } current:
                    if (SchemaValues.Number(second, keyword) > current)
                    {
                        merged[keyword] = value?.DeepClone();
                    }

                    break;
                case "maximum" or "exclusiveMaximum" or "maxLength" or "maxItems" when SchemaValues.Number(merged, keyword) is { } current:
                    if (SchemaValues.Number(second, keyword) < current)
                    {
                        merged[keyword] = value?.DeepClone();
                    }

                    break;
                case "anyOf" or "oneOf" when value is JsonArray alternatives:
                    AddAlternatives(merged, alternatives);
                    break;
                default:
                    if (!merged.ContainsKey(keyword))
                    {
                        merged[keyword] = value?.DeepClone();
                    }

                    break;
            }
        }

        return merged;
    }

    /// <summary>Number of schemas and values in a fitted schema.</summary>
    public static int Size(JsonNode? node) => node switch
    {
        JsonObject schema => 1 + schema.Sum(static member => Size(member.Value)),
        JsonArray array => 1 + array.Sum(Size),
        _ => 1,
    };

    /// <summary>Whether so many merged copies of a schema are still of a sensible size.</summary>
    public static bool IsSmall(JsonObject schema, int copies) => (long)Size(schema) * copies <= MaxProduct;

    private static bool IsReference(JsonObject schema) => schema.ContainsKey("$ref");

    private static void MergeType(JsonObject merged, JsonObject second)
    {
        var (first, other) = (SchemaTypes.Of(merged), SchemaTypes.Of(second));
        if (SchemaTypes.Common(first, other) is { Count: > 0 } common && !common.SequenceEqual(first))
        {
            if (first.Count == 0 && merged.Count > 0 && !merged.ContainsKey("type"))
            {
                merged.Insert(0, "type", null);
            }

            SchemaTypes.Set(merged, common);
        }
    }

    private static void MergeProperties(JsonObject properties, JsonObject others)
    {
        foreach (var (name, schema) in others)
        {
            if (properties[name] is not JsonObject existing || schema is not JsonObject other)
            {
                properties[name] = schema?.DeepClone();
            }
            else if (!IsReference(existing) && !IsReference(other))
            {
                properties[name] = Merge(existing, other);
            }
            else if (!SchemaKeywords.Restricts(existing))
            {
                properties[name] = other.DeepClone();
            }
        }
    }

    private static void MergeAdditional(JsonObject merged, JsonNode? value)
    {
        var existing = merged["additionalProperties"];
        if (IsFalse(existing))
        {
            return;
        }

        if (IsFalse(value) || existing is not JsonObject)
        {
            merged["additionalProperties"] = value?.DeepClone();
        }
    }

    private static bool IsFalse(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) && !flag;

    /// <summary>Adds names that are not there yet.</summary>
    private static void AddMissing(JsonArray names, JsonArray others)
    {
        foreach (var name in others)
        {
            if (!names.Any(existing => JsonNode.DeepEquals(existing, name)))
            {
                names.Add(name?.DeepClone());
            }
        }
    }

    // Two lists of alternatives: the second one is dropped, as their product may be large.
    private static void AddAlternatives(JsonObject merged, JsonArray alternatives)
    {
        if (!merged.ContainsKey("anyOf") && !merged.ContainsKey("oneOf"))
        {
            merged["anyOf"] = alternatives.DeepClone();
        }
    }
}

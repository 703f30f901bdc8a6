using System.Text.Json;
using System.Text.Json.Nodes;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>Which keywords restrict values, and which only describe them.</summary>
internal static class SchemaKeywords
{
    /// <summary>Keywords that the engine turns into a grammar.</summary>
    private static readonly HashSet<string> Restricting = new(StringComparer.Ordinal)
    {
        "$ref", "type", "enum", "const", "anyOf", "oneOf", "allOf", "properties", "required", "additionalProperties", "patternProperties", "items", "prefixItems", "minItems", "maxItems", "pattern",
        "format", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    };

    /// <summary>Keywords for which null, or an empty array, is the way of typed clients to say nothing.</summary>
    private static readonly HashSet<string> NeverNull = new(StringComparer.Ordinal)
    {
        "title", "description", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems", "additionalItems", "dependentRequired", "dependentSchemas",
        "dependencies", "uniqueItems", "multipleOf", "nullable", "$defs", "definitions", "$id", "id", "$schema", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$comment", "examples",
        "deprecated", "readOnly", "writeOnly", "minProperties", "maxProperties", "minContains", "maxContains", "contentEncoding", "contentMediaType", "discriminator",
    };

    /// <summary>The keywords of a schema in order, without those that are absent; of equal names the last one wins.</summary>
    public static OrderedDictionary<string, JsonElement> Read(JsonElement schema)
    {
        var members = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in schema.EnumerateObject())
        {
            members[member.Name] = member.Value;
        }

        var isNullConstant = members.TryGetValue("const", out var constant) && constant.ValueKind == JsonValueKind.Null
            && !members.Keys.Any(static name => name != "const" && Restricting.Contains(name));
        foreach (var (name, value) in members.ToArray())
        {
            if (IsAbsent(name, value) && !(name == "const" && isNullConstant))
            {
                members.Remove(name);
            }
        }

        return members;
    }

    /// <summary>Whether the engine turns a keyword into a grammar.</summary>
    public static bool IsRestricting(string keyword) => Restricting.Contains(keyword);

    /// <summary>Whether a fitted schema restricts values at all.</summary>
    public static bool Restricts(JsonObject schema) => schema.Any(static member => Restricting.Contains(member.Key));

    /// <summary>Whether a fitted schema restricts values by anything but their type.</summary>
    public static bool RestrictsMoreThanType(JsonObject schema) => schema.Any(static member => member.Key != "type" && Restricting.Contains(member.Key));

    private static bool IsAbsent(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => Restricting.Contains(name) || NeverNull.Contains(name),
        JsonValueKind.Array when value.GetArrayLength() == 0 => name is "type" or "enum" or "anyOf" or "oneOf" or "allOf" or "prefixItems" or "items",
        _ => false,
    };
}

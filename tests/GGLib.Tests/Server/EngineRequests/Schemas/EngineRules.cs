using System.Text.Json;
using GGLib.Server.EngineRequests.Schemas;

namespace GGLib.Tests.Server.EngineRequests.Schemas;

/// <summary>Why llama-server b11669 would reject a schema, hang on it or generate nothing from it; found by sending schemas to it.</summary>
internal static class EngineRules
{
    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    /// <summary>The reason, or null when the schema is fine.</summary>
    public static string? Violation(JsonElement root) => Violation(root, root, []);

    private static string? Violation(JsonElement schema, JsonElement root, HashSet<string> references)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return $"schema must be an object: {schema}";
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Target(reference, root) is not { } target ? $"unresolved {reference}"
                : Heads(schema, root, []) ? $"left recursion through {reference}"
                : references.Add(reference.GetString()!) ? Violation(target, root, references)
                : null;
        }

        foreach (var keyword in (string[])["oneOf", "anyOf"])
        {
            if (schema.TryGetProperty(keyword, out var alternatives))
            {
                return alternatives.ValueKind != JsonValueKind.Array || alternatives.GetArrayLength() == 0 ? $"{keyword} must be an array of schemas"
                    : alternatives.EnumerateArray().Select(alternative => Violation(alternative, root, references)).FirstOrDefault(static reason => reason is not null);
            }
        }

        return Own(schema) ?? Children(schema, root, references);
    }

    private static string? Own(JsonElement schema)
    {
        foreach (var member in schema.EnumerateObject())
        {
            var value = member.Value;
            var isWrong = member.Name switch
            {
                "type" => value.ValueKind == JsonValueKind.Array
                    ? value.GetArrayLength() == 0 || value.EnumerateArray().Any(static type => !IsType(type)) || value.EnumerateArray().Select(static type => type.GetRawText()).Distinct().Count() != value.GetArrayLength()
                    : !IsType(value),
                "enum" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0,
                "allOf" => true,
                "properties" => value.ValueKind != JsonValueKind.Object,
                "required" => value.ValueKind != JsonValueKind.Array,
                "additionalProperties" => value.ValueKind is not (JsonValueKind.True or JsonValueKind.False or JsonValueKind.Object),
                "format" or "description" or "title" or "pattern" => value.ValueKind != JsonValueKind.String,
                "minItems" or "maxItems" or "minLength" or "maxLength" => value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var count) || count is < 0 or > 1000,
                "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" => value.ValueKind != JsonValueKind.Number || Math.Abs(value.GetDouble()) > 1e15,
                _ => false,
            };
            if (isWrong)
            {
                return $"{member.Name} is wrong: {value}";
            }
        }

        return Crossed(schema, "minItems", "maxItems") ?? Crossed(schema, "minLength", "maxLength") ?? Pattern(schema);
    }

    private static bool IsType(JsonElement value) => value.ValueKind == JsonValueKind.String && Types.Contains(value.GetString());

    private static string? Crossed(JsonElement schema, string lower, string upper) =>
        schema.TryGetProperty(lower, out var min) && schema.TryGetProperty(upper, out var max) && min.GetInt32() > max.GetInt32() ? $"{lower} is above {upper}" : null;

    private static string? Pattern(JsonElement schema)
    {
        if (!schema.TryGetProperty("pattern", out var value) || value.GetString() is not ['^', .. var pattern, '$'])
        {
            return null;
        }

        // Only what this code writes: the parser must take it, and nothing in it may end the JSON string.
        return PatternParser.Parse(pattern) is null ? $"invalid pattern {value}" : null;
    }

    private static string? Children(JsonElement schema, JsonElement root, HashSet<string> references)
    {
        var children = new List<JsonElement>();
        if (schema.TryGetProperty("properties", out var properties))
        {
            children.AddRange(properties.EnumerateObject().Select(static property => property.Value));
            if (AllowsObjects(schema) && schema.TryGetProperty("additionalProperties", out var open) && open.ValueKind != JsonValueKind.False && properties.EnumerateObject().Any(static property => property.Name.AsSpan().IndexOfAny("]\\\0") >= 0 || property.Name.Length > 900))
            {
                return "a name breaks the character classes";
            }
        }

        foreach (var keyword in (string[])["additionalProperties", "items", "prefixItems"])
        {
            if (schema.TryGetProperty(keyword, out var value) && value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                children.AddRange(value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value]);
            }
            else if (keyword != "additionalProperties" && value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                return $"{keyword} must be a schema";
            }
        }

        return children.Select(child => Violation(child, root, references)).FirstOrDefault(static reason => reason is not null);
    }

    private static bool AllowsObjects(JsonElement schema) => !schema.TryGetProperty("type", out var type) || type.GetRawText().Contains("object", StringComparison.Ordinal);

    private static JsonElement? Target(JsonElement reference, JsonElement root)
    {
        if (reference.ValueKind != JsonValueKind.String || reference.GetString()!.Split('/') is not ["#", .. var parts])
        {
            return null;
        }

        var target = root;
        foreach (var part in parts)
        {
            if (target.ValueKind != JsonValueKind.Object || !target.TryGetProperty(part, out target))
            {
                return null;
            }
        }

        return target;
    }

    /// <summary>Whether a schema leads back to itself before the first character.</summary>
    private static bool Heads(JsonElement schema, JsonElement root, HashSet<string> open)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            var name = reference.GetString()!;
            if (!open.Add(name))
            {
                return true;
            }

            var found = Target(reference, root) is { } target && Heads(target, root, open);
            open.Remove(name);
            return found;
        }

        return ((string[])["oneOf", "anyOf"]).Any(keyword =>
            schema.TryGetProperty(keyword, out var alternatives) && alternatives.ValueKind == JsonValueKind.Array && alternatives.EnumerateArray().Any(alternative => Heads(alternative, root, open)));
    }
}

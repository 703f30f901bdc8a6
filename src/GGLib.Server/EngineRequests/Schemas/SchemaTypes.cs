using System.Text.Json;
using System.Text.Json.Nodes;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>The keyword <c>type</c>.</summary>
internal static class SchemaTypes
{
    /// <summary>JSON Schema's names; the engine rejects others.</summary>
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal) { "object", "array", "string", "number", "integer", "boolean", "null" };

    // Names from programming languages that mean one JSON type without doubt. Others say nothing about the value.
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["str"] = "string", ["text"] = "string", ["char"] = "string", ["varchar"] = "string",
        ["int"] = "integer", ["int32"] = "integer", ["int64"] = "integer", ["uint"] = "integer", ["long"] = "integer", ["short"] = "integer",
        ["float"] = "number", ["float32"] = "number", ["float64"] = "number", ["double"] = "number", ["decimal"] = "number",
        ["bool"] = "boolean",
        ["dict"] = "object", ["dictionary"] = "object", ["map"] = "object", ["hash"] = "object", ["struct"] = "object",
        ["list"] = "array", ["tuple"] = "array", ["set"] = "array",
        ["none"] = "null", ["nonetype"] = "null", ["nil"] = "null",
    };

    /// <summary>The JSON types of the keyword, without duplicates; empty when it restricts nothing.</summary>
    public static IReadOnlyList<string> Read(JsonElement value)
    {
        var names = value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array => value.EnumerateArray().Where(static item => item.ValueKind is JsonValueKind.String or JsonValueKind.Null).Select(static item => item.GetString() ?? "null").ToArray(),
            _ => [],
        };
        var types = names.Select(static name => Name(name)).ToArray();

        // An unknown name among several may mean anything.
        return Array.IndexOf(types, null) >= 0 || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() != names.Length) ? [] : [.. types.OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The JSON type that a name stands for; null when it is unknown. Generic names such as <c>List[str]</c> count by their first part.</summary>
    public static string? Name(string name)
    {
        var plain = name.Trim();
        var generic = plain.AsSpan().IndexOfAny('[', '<');
        if (generic > 0)
        {
            plain = plain[..generic];
        }

        var lower = plain.ToLowerInvariant();
        return Known.Contains(lower) ? lower : Aliases.GetValueOrDefault(plain);
    }

    /// <summary>The types of a fitted schema; empty when it has none.</summary>
    public static IReadOnlyList<string> Of(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => [.. several.Select(static name => name!.GetValue<string>())],
        JsonValue one => [one.GetValue<string>()],
        _ => [],
    };

    /// <summary>Sets the types of a fitted schema; none removes the keyword.</summary>
    public static void Set(JsonObject schema, IReadOnlyList<string> types)
    {
        JsonNode? value = types switch
        {
            [] => null,
            [var only] => JsonValue.Create(only),
            _ => new JsonArray([.. types.Select(static name => (JsonNode)JsonValue.Create(name)!)]),
        };
        if (value is null)
        {
            schema.Remove("type");
        }
        else
        {
            schema["type"] = value;
        }
    }

    /// <summary>Whether a fitted schema accepts values of a type.</summary>
    public static bool Allows(JsonObject schema, string type) => Of(schema) is [] || Of(schema).Contains(type);

    /// <summary>The types that both accept; empty when there is none, or when neither has any.</summary>
    public static IReadOnlyList<string> Common(IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        if (left.Count == 0 || right.Count == 0)
        {
            return left.Count == 0 ? right : left;
        }

        var common = left.Where(right.Contains).ToList();
        if ((left.Contains("number") && right.Contains("integer")) || (left.Contains("integer") && right.Contains("number")))
        {
            common.Add("integer");
        }

        return [.. common.Distinct(StringComparer.Ordinal)];
    }
}

using System.Globalization;
using System.Text.Json;

namespace GGLib.Server.ToolCalls;

/// <summary>
/// Checks a value against the keywords of a JSON schema that the engine's grammar can enforce: a call that violates another one would be asked for again in vain. Like the engine, it takes
/// <c>oneOf</c> as <c>anyOf</c> and ignores keywords that are unknown or invalid. For one value; not thread-safe.
/// </summary>
/// <param name="root">The whole schema, which references point into.</param>
internal sealed class SchemaCheck(JsonElement root)
{
    // References and alternatives can multiply without end. A value that needs more steps counts as valid.
    private const int MostSteps = 10_000;
    private const int MostDepth = 100;

    private int _steps;
    private int _depth;

    private bool IsExhausted => _steps > MostSteps || _depth > MostDepth;

    /// <summary>Returns the first violation with its place, such as <c>/days: must be at least 1</c>; null if there is none.</summary>
    public string? ViolationOf(JsonElement value)
    {
        var violation = Violation(root, value, "");
        return _steps > MostSteps ? null : violation;
    }

    private string? Violation(JsonElement schema, JsonElement value, string at)
    {
        _steps++;
        if (IsExhausted || schema.ValueKind is JsonValueKind.True)
        {
            return null;
        }

        if (schema.ValueKind is JsonValueKind.False)
        {
            return Text(at, "is not allowed");
        }

        if (schema.ValueKind is not JsonValueKind.Object)
        {
            return null;
        }

        _depth++;
        var violation = Referenced(schema, value, at)
            ?? Type(schema, value, at)
            ?? Fixed(schema, value, at)
            ?? Combined(schema, value, at)
            ?? value.ValueKind switch
            {
                JsonValueKind.Object => Members(schema, value, at),
                JsonValueKind.Array => Items(schema, value, at),
                JsonValueKind.String => Length(schema, value, at),
                JsonValueKind.Number => Range(schema, value, at),
                _ => null,
            };
        _depth--;
        return violation;
    }

    private string? Referenced(JsonElement schema, JsonElement value, string at) =>
        schema.TryGetProperty("$ref"u8, out var reference) && Find(reference) is { } target ? Violation(target, value, at) : null;

    // Only references into the same schema: nothing is fetched.
    private JsonElement? Find(JsonElement reference)
    {
        if (reference.ValueKind is not JsonValueKind.String || reference.GetString() is not ['#', .. var path])
        {
            return null;
        }

        var found = root;
        foreach (var part in path.Split('/').Skip(1))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (found.ValueKind is JsonValueKind.Object && found.TryGetProperty(name, out var member))
            {
                found = member;
            }
            else if (found.ValueKind is JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < found.GetArrayLength())
            {
                found = found[index];
            }
            else
            {
                return null;
            }
        }

        return found;
    }

    private static string? Type(JsonElement schema, JsonElement value, string at)
    {
        if (!schema.TryGetProperty("type"u8, out var type))
        {
            return null;
        }

        List<string> names = type.ValueKind switch
        {
            JsonValueKind.String => [type.GetString()!],
            JsonValueKind.Array => [.. type.EnumerateArray().Where(static name => name.ValueKind is JsonValueKind.String).Select(static name => name.GetString()!)],
            _ => [],
        };
        return names.Count == 0 || names.Exists(name => IsOfType(value, name)) ? null : Text(at, $"must be of type {string.Join(" or ", names)}");
    }

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind is JsonValueKind.Object,
        "array" => value.ValueKind is JsonValueKind.Array,
        "string" => value.ValueKind is JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind is JsonValueKind.Null,
        "number" => value.ValueKind is JsonValueKind.Number,
        "integer" => value.ValueKind is JsonValueKind.Number && double.IsInteger(value.GetDouble()),
        _ => true,
    };

    private static string? Fixed(JsonElement schema, JsonElement value, string at)
    {
        if (schema.TryGetProperty("const"u8, out var only) && !JsonElement.DeepEquals(only, value))
        {
            return Text(at, $"must be {only.GetRawText()}");
        }

        return schema.TryGetProperty("enum"u8, out var list) && list.ValueKind is JsonValueKind.Array && list.EnumerateArray().All(item => !JsonElement.DeepEquals(item, value))
            ? Text(at, $"must be one of {list.GetRawText()}")
            : null;
    }

    private string? Combined(JsonElement schema, JsonElement value, string at)
    {
        if (schema.TryGetProperty("allOf"u8, out var all) && all.ValueKind is JsonValueKind.Array && First(all, item => Violation(item, value, at)) is { } violation)
        {
            return violation;
        }

        return Alternatives(schema, "anyOf", value, at) ?? Alternatives(schema, "oneOf", value, at);
    }

    private string? Alternatives(JsonElement schema, string keyword, JsonElement value, string at) =>
        schema.TryGetProperty(keyword, out var list) && list.ValueKind is JsonValueKind.Array && list.GetArrayLength() > 0 && list.EnumerateArray().All(item => Violation(item, value, at) is not null)
            ? Text(at, $"matches no schema of {keyword}")
            : null;

    private string? Members(JsonElement schema, JsonElement value, string at)
    {
        if (schema.TryGetProperty("required"u8, out var required) && required.ValueKind is JsonValueKind.Array
            && First(required, name => name.ValueKind is JsonValueKind.String && !value.TryGetProperty(name.GetString()!, out _) ? Text($"{at}/{name.GetString()}", "is missing") : null) is { } missing)
        {
            return missing;
        }

        var known = schema.TryGetProperty("properties"u8, out var properties) && properties.ValueKind is JsonValueKind.Object ? properties : (JsonElement?)null;
        var others = schema.TryGetProperty("additionalProperties"u8, out var additional) && !schema.TryGetProperty("patternProperties"u8, out _) ? additional : (JsonElement?)null;
        foreach (var member in value.EnumerateObject())
        {
            var rule = known is { } names && names.TryGetProperty(member.Name, out var own) ? own : others;
            if (rule is { } its && Violation(its, member.Value, $"{at}/{member.Name}") is { } violation)
            {
                return violation;
            }
        }

        return null;
    }

    private string? Items(JsonElement schema, JsonElement value, string at)
    {
        var count = value.GetArrayLength();
        if (Number(schema, "minItems") > count)
        {
            return Text(at, Bound("have at least", schema, "minItems", "items"));
        }

        if (Number(schema, "maxItems") < count)
        {
            return Text(at, Bound("have at most", schema, "maxItems", "items"));
        }

        // Older drafts list the rules of the first items in 'items' itself.
        var (first, rest) = schema.TryGetProperty("items"u8, out var items) && items.ValueKind is JsonValueKind.Array
            ? (items, default)
            : (schema.TryGetProperty("prefixItems"u8, out var prefix) && prefix.ValueKind is JsonValueKind.Array ? prefix : default, items);
        for (var index = 0; index < count && !IsExhausted; index++)
        {
            var rule = first.ValueKind is JsonValueKind.Array && index < first.GetArrayLength() ? first[index] : rest;
            if (rule.ValueKind is not JsonValueKind.Undefined && Violation(rule, value[index], $"{at}/{index}") is { } violation)
            {
                return violation;
            }
        }

        return null;
    }

    private static string? Length(JsonElement schema, JsonElement value, string at)
    {
        if (Number(schema, "minLength") is null && Number(schema, "maxLength") is null)
        {
            return null;
        }

        var length = value.GetString()!.EnumerateRunes().Count();
        return Number(schema, "minLength") > length ? Text(at, Bound("have at least", schema, "minLength", "characters"))
            : Number(schema, "maxLength") < length ? Text(at, Bound("have at most", schema, "maxLength", "characters"))
            : null;
    }

    private static string? Range(JsonElement schema, JsonElement value, string at)
    {
        var number = value.GetDouble();
        return Number(schema, "minimum") > number ? Text(at, Bound("be at least", schema, "minimum"))
            : Number(schema, "maximum") < number ? Text(at, Bound("be at most", schema, "maximum"))
            : Number(schema, "exclusiveMinimum") >= number ? Text(at, Bound("be more than", schema, "exclusiveMinimum"))
            : Number(schema, "exclusiveMaximum") <= number ? Text(at, Bound("be less than", schema, "exclusiveMaximum"))
            : null;
    }

    private static double? Number(JsonElement schema, string keyword) => schema.TryGetProperty(keyword, out var value) && value.ValueKind is JsonValueKind.Number ? value.GetDouble() : null;

    private static string Bound(string words, JsonElement schema, string keyword, string unit = "") =>
        string.Create(CultureInfo.InvariantCulture, $"must {words} {Number(schema, keyword)} {unit}").TrimEnd();

    private static string? First(JsonElement list, Func<JsonElement, string?> find) => list.EnumerateArray().Select(find).FirstOrDefault(static found => found is not null);

    private static string Text(string at, string problem) => at.Length == 0 ? "the arguments: " + problem : $"{at}: {problem}";
}

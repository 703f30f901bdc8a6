using System.Text.Json;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>
/// How large a schema may be. llama-server b11669 recurses over a schema and over the grammar that it makes from it: it dies at 10,000 levels, and needs seconds at 2,000 levels, 800 optional
/// properties of one object or 5,000 alternatives. Measured values are in the comments.
/// </summary>
internal static class SchemaLimits
{
    /// <summary>JSON nesting of one schema. 1,000 levels take a second, 10,000 end the process.</summary>
    public const int Depth = 200;

    /// <summary>JSON values in one schema. 20,000 objects take 13 s.</summary>
    public const int Values = 50_000;

    /// <summary>Bytes of one schema.</summary>
    public const int Bytes = 1 << 20;

    /// <summary>Optional properties of one object; the time grows with the third power: 400 take 0.5 s, 800 take 2.3 s. Required properties are not limited.</summary>
    public const int OptionalProperties = 500;

    /// <summary>Schemas in one fitted schema, each definition counted once. More are relaxed to one that accepts everything.</summary>
    public const int Nodes = 10_000;

    /// <summary>Levels of a fitted schema, those of references included. More are relaxed.</summary>
    public const int Levels = 500;

    /// <summary>Values of one <c>enum</c>, above which it is dropped: 5,000 take 3 s.</summary>
    public const int EnumValues = 5_000;

    /// <summary>Alternatives of one <c>anyOf</c>, above which it is dropped: 1,000 take 1.2 s, 5,000 take 14 s.</summary>
    public const int Alternatives = 1_000;

    /// <summary>Bounds of <c>minItems</c>, <c>maxItems</c>, <c>minLength</c> and <c>maxLength</c>; the engine rejects some above 2,000. Larger upper bounds are dropped, larger lower bounds lowered.</summary>
    public const int Repetitions = 1_000;

    /// <summary>Characters of a pattern, above which it is not enforced.</summary>
    public const int PatternLength = 4_000;

    /// <summary>Magnitude of integer bounds; the engine hangs from 10^16 on. Larger bounds are dropped.</summary>
    public const long Integer = 1_000_000_000_000_000;

    /// <summary>Characters of the property names on the way to a schema; the engine builds rule names from them. Schemas beyond are relaxed.</summary>
    public const int PathLength = 20_000;

    /// <summary>The reason why a schema is too large, as a sentence; null when it is not.</summary>
    public static string? Check(JsonElement schema)
    {
        if (schema.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            return null;
        }

        if (schema.GetRawText().Length > Bytes)
        {
            return $"the JSON schema is larger than {Bytes} bytes";
        }

        var values = 0;
        return Check(schema, 1, ref values);
    }

    private static string? Check(JsonElement value, int depth, ref int values)
    {
        if (++values > Values)
        {
            return $"the JSON schema has more than {Values} values";
        }

        if (depth > Depth)
        {
            return $"the JSON schema is nested more than {Depth} levels deep";
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                if (TooManyProperties(value))
                {
                    return $"an object in the JSON schema has more than {OptionalProperties} optional properties";
                }

                foreach (var member in value.EnumerateObject())
                {
                    if (Check(member.Value, depth + 1, ref values) is { } reason)
                    {
                        return reason;
                    }
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    if (Check(item, depth + 1, ref values) is { } reason)
                    {
                        return reason;
                    }
                }

                break;
        }

        return null;
    }

    private static bool TooManyProperties(JsonElement value)
    {
        if (!value.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object || properties.GetPropertyCount() <= OptionalProperties)
        {
            return false;
        }

        var required = value.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Where(static name => name.ValueKind == JsonValueKind.String).Select(static name => name.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];
        return properties.EnumerateObject().Count(property => !required.Contains(property.Name)) > OptionalProperties;
    }
}

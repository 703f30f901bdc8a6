using System.Text.Json;
using System.Text.Json.Nodes;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>The keywords of one schema by themselves.</summary>
internal sealed partial class SchemaFitter
{
    /// <summary>All keywords but <c>$ref</c>, <c>allOf</c>, <c>anyOf</c> and <c>oneOf</c>, which the caller adds.</summary>
    private JsonObject Own(OrderedDictionary<string, JsonElement> members, int path)
    {
        var fitted = new JsonObject();
        foreach (var (name, value) in members)
        {
            switch (name)
            {
                case "$ref" or "$dynamicRef" or "$recursiveRef" or "allOf" or "anyOf" or "oneOf" or "$defs" or "definitions":
                    break;
                case "type":
                    SchemaTypes.Set(fitted, SchemaTypes.Read(value));
                    break;
                case "enum":
                    AddEnum(fitted, value);
                    break;
                case "properties":
                    AddProperties(fitted, value, path);
                    break;
                case "required":
                    AddRequired(fitted, value);
                    break;
                case "additionalProperties":
                    AddAdditional(fitted, value, path);
                    break;
                case "patternProperties":
                    AddPatternProperties(fitted, value, path);
                    break;
                case "items" or "prefixItems":
                    AddItems(fitted, name, value, path);
                    break;
                case "minItems" or "minLength":
                    Add(fitted, name, SchemaValues.Count(value, isUpper: false));
                    break;
                case "maxItems" or "maxLength":
                    Add(fitted, name, SchemaValues.Count(value, isUpper: true));
                    break;
                case "minimum" or "maximum":
                    AddBound(fitted, name, value, members);
                    break;
                case "exclusiveMinimum" or "exclusiveMaximum" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                    break;
                case "exclusiveMinimum" or "exclusiveMaximum":
                    Add(fitted, name, SchemaValues.Bound(value));
                    break;
                case "pattern":
                    AddPattern(fitted, value);
                    break;
                case "format":
                    Add(fitted, name, value.ValueKind == JsonValueKind.String ? SchemaValues.Copy(value) : null);
                    break;
                case "title" or "description":
                    Add(fitted, name, Text(value));
                    break;
                default:
                    fitted[name] = SchemaValues.Copy(value);
                    break;
            }
        }

        AddConditionalProperties(fitted, members, path);
        return fitted;
    }

    private static void Add(JsonObject fitted, string name, JsonNode? value)
    {
        if (value is not null)
        {
            fitted[name] = value;
        }
    }

    /// <summary>Text that chat templates can print.</summary>
    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Array => string.Join('\n', SchemaValues.Strings(value)) is { Length: > 0 } lines ? lines : null,
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    private static void AddEnum(JsonObject fitted, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > SchemaLimits.EnumValues)
        {
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        fitted["enum"] = new JsonArray([.. value.EnumerateArray().Where(item => seen.Add(item.GetRawText())).Select(SchemaValues.Copy)]);
    }

    private void AddProperties(JsonObject fitted, JsonElement value, int path)
    {
        // PHP writes an empty object as an empty array.
        if (value.ValueKind != JsonValueKind.Object && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0))
        {
            return;
        }

        var properties = new JsonObject();
        fitted["properties"] = properties;
        if (value.ValueKind == JsonValueKind.Array)
        {
            return;
        }

        foreach (var property in value.EnumerateObject())
        {
            if (Fit(property.Value, path + property.Name.Length) is { } schema)
            {
                // Draft 3 marks the property itself.
                if (schema["required"] is JsonValue)
                {
                    schema.Remove("required");
                }

                if (property.Value.ValueKind == JsonValueKind.Object && property.Value.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.True)
                {
                    Require(fitted, property.Name);
                }

                properties[property.Name] = schema;
            }
            else
            {
                properties.Remove(property.Name);
            }
        }
    }

    private static void AddRequired(JsonObject fitted, JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.Array or JsonValueKind.String))
        {
            return;
        }

        if (!fitted.ContainsKey("required"))
        {
            fitted["required"] = new JsonArray();
        }

        foreach (var name in SchemaValues.Strings(value))
        {
            Require(fitted, name);
        }
    }

    private static void Require(JsonObject fitted, string name)
    {
        if (fitted["required"] is not JsonArray required)
        {
            fitted["required"] = required = [];
        }

        if (!required.Any(existing => existing!.GetValue<string>() == name))
        {
            required.Add((JsonNode?)name);
        }
    }

    private void AddAdditional(JsonObject fitted, JsonElement value, int path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                fitted["additionalProperties"] = value.GetBoolean();
                break;
            case JsonValueKind.String when bool.TryParse(value.GetString(), out var flag):
                fitted["additionalProperties"] = flag;
                break;
            case JsonValueKind.Object or JsonValueKind.String:
                fitted["additionalProperties"] = Fit(value, path) is { } schema ? schema : false;
                break;
        }
    }

    private void AddPatternProperties(JsonObject fitted, JsonElement value, int path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var patterns = new JsonObject();
        foreach (var pattern in value.EnumerateObject())
        {
            if (Fit(pattern.Value, path) is { } schema)
            {
                patterns[pattern.Name] = schema;
            }
        }

        fitted["patternProperties"] = patterns;
    }

    private void AddItems(JsonObject fitted, string name, JsonElement value, int path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                fitted[name] = new JsonArray([.. value.EnumerateArray().Select(item => Fit(item, path) ?? [])]);
                break;
            case JsonValueKind.False when name == "items":
                // Only the positions of prefixItems are allowed; without it, none.
                fitted[name] = false;
                break;
            case JsonValueKind.Object or JsonValueKind.True or JsonValueKind.String when name == "items":
                Add(fitted, name, Fit(value, path));
                break;
        }
    }

    private static void AddBound(JsonObject fitted, string name, JsonElement value, OrderedDictionary<string, JsonElement> members)
    {
        // Draft 4 marks the bound itself as exclusive.
        var exclusive = name == "minimum" ? "exclusiveMinimum" : "exclusiveMaximum";
        var isExclusive = members.TryGetValue(exclusive, out var flag) && flag.ValueKind == JsonValueKind.True;
        Add(fitted, isExclusive ? exclusive : name, SchemaValues.Bound(value));
    }

    private static void AddPattern(JsonObject fitted, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= SchemaLimits.PatternLength } pattern)
        {
            fitted["pattern"] = PatternTranslation.Translate(pattern) ?? PatternTranslation.Unenforced(pattern);
        }
    }

    // The engine ignores conditions. It allows no properties but the declared ones, so that those that a condition asks for are declared.
    private void AddConditionalProperties(JsonObject fitted, OrderedDictionary<string, JsonElement> members, int path)
    {
        if (fitted["properties"] is not JsonObject properties)
        {
            return;
        }

        foreach (var condition in Conditions(members).Where(static condition => condition.ValueKind == JsonValueKind.Object))
        {
            if (!condition.TryGetProperty("properties", out var more) || more.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            foreach (var property in more.EnumerateObject())
            {
                if (!properties.ContainsKey(property.Name) && Fit(property.Value, path + property.Name.Length) is { } schema)
                {
                    properties[property.Name] = schema;
                }
            }
        }
    }

    private static IEnumerable<JsonElement> Conditions(OrderedDictionary<string, JsonElement> members)
    {
        foreach (var keyword in (string[])["then", "else"])
        {
            if (members.TryGetValue(keyword, out var condition))
            {
                yield return condition;
            }
        }

        foreach (var keyword in (string[])["dependentSchemas", "dependencies"])
        {
            if (members.TryGetValue(keyword, out var conditions) && conditions.ValueKind == JsonValueKind.Object)
            {
                foreach (var condition in conditions.EnumerateObject())
                {
                    yield return condition.Value;
                }
            }
        }
    }
}

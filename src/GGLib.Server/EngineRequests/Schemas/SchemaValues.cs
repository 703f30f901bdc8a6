using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>Values of keywords: copies, counts and bounds.</summary>
internal static class SchemaValues
{
    /// <summary>A copy of a value. The engine cannot parse numbers beyond a double's range, which become the largest double; of equal property names the last one wins.</summary>
    public static JsonNode? Copy(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var copy = new JsonObject();
                foreach (var member in value.EnumerateObject())
                {
                    copy[member.Name] = Copy(member.Value);
                }

                return copy;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select(Copy)]);
            case JsonValueKind.Number when !double.IsFinite(value.GetDouble()):
                return JsonValue.Create(value.GetDouble() > 0 ? double.MaxValue : double.MinValue);
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return null;
            default:
                return JsonValue.Create(value);
        }
    }

    /// <summary>The number of a keyword that should have one; null when it has none. Some generators write numbers as strings.</summary>
    public static double? Number(JsonElement value)
    {
        var number = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) => parsed,
            _ => double.NaN,
        };
        return double.IsNaN(number) ? null : number;
    }

    /// <summary>A bound such as <c>maxItems</c> that the engine can use; null when it must be dropped.</summary>
    public static int? Count(JsonElement value, bool isUpper) => Number(value) switch
    {
        null or < 0 => null,
        > SchemaLimits.Repetitions => isUpper ? null : SchemaLimits.Repetitions,
        { } number => (int)number,
    };

    /// <summary>A bound such as <c>maximum</c> that the engine can use; null when it must be dropped.</summary>
    public static JsonNode? Bound(JsonElement value) =>
        Number(value) is not { } number || Math.Abs(number) > SchemaLimits.Integer ? null
        : value.ValueKind == JsonValueKind.Number ? JsonValue.Create(value) : JsonValue.Create(number);

    /// <summary>The strings of an array; a single string counts as one of them.</summary>
    public static IEnumerable<string> Strings(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.String).Select(static item => item.GetString()!),
        _ => [],
    };

    /// <summary>The number of a fitted schema's keyword; null when it has none.</summary>
    public static double? Number(JsonObject schema, string keyword) => schema[keyword] is JsonValue value && value.TryGetValue<double>(out var number) ? number
        : schema[keyword] is JsonValue whole && whole.TryGetValue<int>(out var integer) ? integer
        : null;
}

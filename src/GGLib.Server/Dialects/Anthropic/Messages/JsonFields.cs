using System.Text.Json;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>Reads the properties of a request's objects. Null counts as absent, because typed clients send it for everything that is not set.</summary>
internal static class JsonFields
{
    /// <summary>The property; null when it is absent, or when <paramref name="value"/> is not an object.</summary>
    public static JsonElement? Field(this JsonElement value, string name) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty(name, out var field) && field.ValueKind is not JsonValueKind.Null ? field : null;

    /// <summary>A string property; null when it is absent or has another type, which is an error.</summary>
    public static string? Text(this JsonElement value, string name, FieldPath path, RequestFaults faults) =>
        value.Field(name, JsonValueKind.String, "must be a string", path, faults)?.GetString();

    /// <summary>A string property that must be present and not empty; an empty string after an error.</summary>
    public static string RequiredText(this JsonElement value, string name, FieldPath path, RequestFaults faults)
    {
        var text = value.Text(name, path, faults) ?? "";
        if (text.Length == 0)
        {
            faults.Add(path.At(name), "is required");
        }

        return text;
    }

    /// <summary>An object property; null when it is absent or has another type, which is an error.</summary>
    public static JsonElement? Object(this JsonElement value, string name, FieldPath path, RequestFaults faults) =>
        value.Field(name, JsonValueKind.Object, "must be an object", path, faults);

    /// <summary>An array property; null when it is absent or has another type, which is an error.</summary>
    public static JsonElement? Array(this JsonElement value, string name, FieldPath path, RequestFaults faults) =>
        value.Field(name, JsonValueKind.Array, "must be an array", path, faults);

    /// <summary>A Boolean property; null when it is absent or has another type, which is an error.</summary>
    public static bool? Flag(this JsonElement value, string name, FieldPath path, RequestFaults faults)
    {
        if (value.Field(name) is not { } field)
        {
            return null;
        }

        if (field.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return field.GetBoolean();
        }

        faults.Add(path.At(name), "must be true or false");
        return null;
    }

    private static JsonElement? Field(this JsonElement value, string name, JsonValueKind kind, string problem, FieldPath path, RequestFaults faults)
    {
        if (value.Field(name) is not { } field)
        {
            return null;
        }

        if (field.ValueKind == kind)
        {
            return field;
        }

        faults.Add(path.At(name), problem);
        return null;
    }
}

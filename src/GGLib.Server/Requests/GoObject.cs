using System.Text.Json;

namespace GGLib.Server.Requests;

/// <summary>
/// Reads a request's JSON object as Ollama's server does: names are case-insensitive, the last of equal names wins, null means absent, unknown fields are
/// ignored, and a value of the wrong type is an error in the words of Go's decoder. The first error is kept; values read after it are meaningless.
/// </summary>
internal sealed class GoObject
{
    private readonly JsonElement _object;
    private readonly string _type;

    /// <param name="value">The request's value.</param>
    /// <param name="type">The name of Ollama's type in error messages, for example <c>ChatRequest</c>.</param>
    public GoObject(JsonElement value, string type)
    {
        _type = type;
        _object = value;
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined))
        {
            Error = $"json: cannot unmarshal {Kind(value)} into Go value of type api.{type}";
        }
    }

    /// <summary>The first error; null if there is none.</summary>
    public string? Error { get; private set; }

    public string String(string name) => Raw(name, JsonValueKind.String, "string")?.GetString() ?? "";

    public string? OptionalString(string name) => Raw(name, JsonValueKind.String, "string")?.GetString();

    public bool? Bool(string name)
    {
        var value = Raw(name);
        if (value is null)
        {
            return null;
        }

        if (value.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Mismatch(name, value.Value, "bool");
            return null;
        }

        return value.Value.GetBoolean();
    }

    public int? Int(string name)
    {
        var value = Raw(name, JsonValueKind.Number, "int");
        if (value is not { } number)
        {
            return null;
        }

        if (number.TryGetInt32(out var integer))
        {
            return integer;
        }

        Fail($"json: cannot unmarshal number {number.GetRawText()} into Go struct field {_type}.{name} of type int");
        return null;
    }

    /// <summary>Returns the elements of an array; none if absent.</summary>
    public IReadOnlyList<JsonElement> Array(string name, string goType) =>
        Raw(name, JsonValueKind.Array, goType) is { } array ? [.. array.EnumerateArray()] : [];

    /// <summary>Returns an object; null if absent.</summary>
    public JsonElement? Object(string name, string goType) => Raw(name, JsonValueKind.Object, goType);

    /// <summary>Returns the value of any type; null if absent or null.</summary>
    public JsonElement? Raw(string name)
    {
        if (Error is not null || _object.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        JsonElement? found = null;
        foreach (var property in _object.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                found = property.Value;
            }
        }

        return found is { ValueKind: JsonValueKind.Null } ? null : found;
    }

    /// <summary>Records an error that the caller found.</summary>
    public void Fail(string error) => Error ??= error;

    private JsonElement? Raw(string name, JsonValueKind kind, string goType)
    {
        var value = Raw(name);
        if (value is null || value.Value.ValueKind == kind)
        {
            return value;
        }

        Mismatch(name, value.Value, goType);
        return null;
    }

    private void Mismatch(string name, JsonElement value, string goType) =>
        Fail($"json: cannot unmarshal {Kind(value)} into Go struct field {_type}.{name} of type {goType}");

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Number => "number",
        JsonValueKind.String => "string",
        JsonValueKind.Array => "array",
        _ => "object",
    };
}

using System.Text.Json;
using GGLib.Server.Failures;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>
/// Reads typed fields of JSON objects and keeps the first error, in the words and with the codes of OpenAI's API. A field that is null counts as absent. For one request; not thread-safe.
/// </summary>
internal sealed class RequestFields
{
    /// <summary>OpenAI's code for a required field that is absent.</summary>
    public const string MissingCode = "missing_required_parameter";

    /// <summary>OpenAI's code for a value that is not among the allowed ones.</summary>
    public const string ValueCode = "invalid_value";

    private const string TypeCode = "invalid_type";

    /// <summary>The first error; null while there is none.</summary>
    public InferenceFailure? Failure { get; private set; }

    /// <summary>The value of a field; null when it is absent or null, or when <paramref name="owner"/> is not an object.</summary>
    public static JsonElement? Any(JsonElement owner, string name) =>
        owner.ValueKind is JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    /// <summary>The path of a field, as OpenAI writes it: <c>input[2].content</c>.</summary>
    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    public string? Text(JsonElement owner, string path, string name) => Typed(owner, path, name, JsonValueKind.String, "a string")?.GetString();

    public JsonElement? Object(JsonElement owner, string path, string name) => Typed(owner, path, name, JsonValueKind.Object, "an object");

    public JsonElement? Array(JsonElement owner, string path, string name) => Typed(owner, path, name, JsonValueKind.Array, "an array");

    public JsonElement? Number(JsonElement owner, string path, string name) => Typed(owner, path, name, JsonValueKind.Number, "a decimal");

    public bool? Flag(JsonElement owner, string path, string name)
    {
        if (Any(owner, name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Mismatch(Join(path, name), value, "a boolean");
        return null;
    }

    /// <summary>An integer of at least <paramref name="least"/> and at most <paramref name="most"/>; a decimal without a fraction counts.</summary>
    public int? Integer(JsonElement owner, string path, string name, int least, int most)
    {
        if (Typed(owner, path, name, JsonValueKind.Number, "an integer") is not { } value)
        {
            return null;
        }

        var number = value.GetDouble();
        if (number != Math.Truncate(number))
        {
            Fail($"Invalid type for '{Join(path, name)}': expected an integer, but got a decimal number instead.", Join(path, name), TypeCode);
            return null;
        }

        if (number < least)
        {
            Fail($"Invalid '{Join(path, name)}': integer below minimum value. Expected a value >= {least}, but got {value.GetRawText()} instead.", Join(path, name), "integer_below_min_value");
            return null;
        }

        if (number > most)
        {
            Fail($"Invalid '{Join(path, name)}': integer above maximum value. Expected a value <= {most}, but got {value.GetRawText()} instead.", Join(path, name), "integer_above_max_value");
            return null;
        }

        return (int)number;
    }

    /// <summary>Notes an error unless there is one already.</summary>
    public void Fail(InferenceFailure failure) => Failure ??= failure;

    public void Fail(string message, string parameter, string? code = null) => Fail(new InferenceFailure.InvalidRequest(message, parameter, code));

    public void Missing(string parameter) => Fail($"Missing required parameter: '{parameter}'.", parameter, MissingCode);

    public void Mismatch(string parameter, JsonElement value, string expected) =>
        Fail($"Invalid type for '{parameter}': expected {expected}, but got {Kind(value)} instead.", parameter, TypeCode);

    /// <param name="parameter">The field's path.</param>
    /// <param name="value">Its value.</param>
    /// <param name="allowed">The allowed values, in the form <c>'a', 'b', and 'c'</c>.</param>
    public void NotAllowed(string parameter, string? value, string allowed) =>
        Fail($"Invalid value: '{value}'. Supported values are: {allowed}.", parameter, ValueCode);

    private JsonElement? Typed(JsonElement owner, string path, string name, JsonValueKind kind, string expected)
    {
        var value = Any(owner, name);
        if (value is null || value.Value.ValueKind == kind)
        {
            return value;
        }

        Mismatch(Join(path, name), value.Value, expected);
        return null;
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "an integer" : "a decimal number",
        JsonValueKind.String => "a string",
        JsonValueKind.Array => "an array",
        JsonValueKind.Null => "null",
        _ => "an object",
    };
}

using System.Text.Json;

namespace GGLib.Server.Json;

/// <summary>Reads members of JSON values. Null and absent mean the same.</summary>
internal static class JsonMembers
{
    /// <summary>Returns the member; null if the value is not an object, or if the member is absent or null.</summary>
    public static JsonElement? Given(this JsonElement value, ReadOnlySpan<byte> name) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind is not JsonValueKind.Null ? member : null;

    /// <summary>Returns the member if it is a string; otherwise null.</summary>
    public static string? GivenText(this JsonElement value, ReadOnlySpan<byte> name) => value.Given(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>Returns the elements of the member if it is an array; otherwise none.</summary>
    public static IEnumerable<JsonElement> GivenItems(this JsonElement value, ReadOnlySpan<byte> name) => value.Given(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>Whether the member is <c>true</c>.</summary>
    public static bool IsTrue(this JsonElement value, ReadOnlySpan<byte> name) => value.Given(name) is { ValueKind: JsonValueKind.True };
}

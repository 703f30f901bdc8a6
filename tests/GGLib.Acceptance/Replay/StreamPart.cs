using System.Text.Json;

namespace GGLib.Acceptance.Replay;

/// <summary>An event of a stream.</summary>
/// <param name="Shape">Its keys and what they hold: what is compared of an event among many like it.</param>
/// <param name="Json">The event; null when it is none, as <c>[DONE]</c>.</param>
internal sealed record StreamPart(string Shape, JsonElement? Json)
{
    public static StreamPart Of(JsonElement json) => new(Describe(json), json);

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(",", value.EnumerateObject().Select(static property => property.Name + Suffix(Describe(property.Value)))) + "}",
        JsonValueKind.Array => value.GetArrayLength() == 0 ? "[]" : "[" + Describe(value[0]) + "]",
        JsonValueKind.String => value.GetString()!.Length == 0 ? "''" : "",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "null",
        _ => "",
    };

    private static string Suffix(string text) => text.Length == 0 ? "" : ":" + text;
}

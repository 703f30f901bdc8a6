namespace GGLib.Server.Requests;

/// <summary>A tool call that an assistant message made.</summary>
/// <param name="Id">The call's id; empty when the client keeps none.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">The text of a JSON object. Readers replace anything else, such as a truncated call that the client sent back, with <c>{}</c> (see <see cref="ArgumentsOf"/>).</param>
internal sealed record ToolCall(string Id, string Name, string Arguments)
{
    /// <summary>The arguments when they are a JSON object, else <c>{}</c>: templates and the engine reject anything else, and one truncated call must not break the rest of the conversation.</summary>
    public static string ArgumentsOf(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return "{}";
        }

        try
        {
            using var parsed = System.Text.Json.JsonDocument.Parse(text, new() { MaxDepth = 256 });
            return parsed.RootElement.ValueKind is System.Text.Json.JsonValueKind.Object ? text : "{}";
        }
        catch (System.Text.Json.JsonException)
        {
            return "{}";
        }
    }
}

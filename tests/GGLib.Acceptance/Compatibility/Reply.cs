using System.Net;
using System.Text.Json;

namespace GGLib.Acceptance.Compatibility;

/// <summary>An HTTP response that has been read to its end.</summary>
internal sealed record Reply(HttpStatusCode Status, string Text)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The whole body as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Text);

    /// <summary>The JSON values of a stream of NDJSON lines or server-sent events, without <c>[DONE]</c>.</summary>
    public IReadOnlyList<JsonElement> Events =>
    [
        .. Text.Split('\n')
            .Select(static line => line.StartsWith("data: ", StringComparison.Ordinal) ? line[6..] : line)
            .Where(static line => line.StartsWith('{'))
            .Select(static line => JsonElement.Parse(line)),
    ];
}

using System.Text.Json;

namespace GGLib.Server.Requests;

/// <summary>The format that an answer must have.</summary>
/// <param name="Schema">The JSON schema; null for any JSON object.</param>
internal sealed record OutputFormat(JsonElement? Schema)
{
    /// <summary>Any JSON object.</summary>
    public static OutputFormat Json { get; } = new((JsonElement?)null);
}

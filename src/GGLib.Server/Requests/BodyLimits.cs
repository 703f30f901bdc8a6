using System.Text.Json;

namespace GGLib.Server.Requests;

/// <summary>
/// How many values a body may contain. Reading a value costs up to a hundred times its bytes: without a limit, 20 MB of empty objects take half a minute and 3 GB. Real requests stay far below: a long session of an agent
/// has some thousand objects, the largest list of embedding inputs some hundred thousand tokens.
/// </summary>
internal static class BodyLimits
{
    /// <summary>JSON values, members' names not counted.</summary>
    public const int Values = 1_000_000;

    /// <summary>JSON objects: each can become a message, a part or a tool.</summary>
    public const int Objects = 100_000;

    // A shorter body cannot exceed the limits: an object and a comma are three bytes.
    private const int ShortestExcess = 2 * Objects;

    /// <summary>Returns why a body has too many values; null if it has not. Invalid JSON is not reported here.</summary>
    public static string? Check(ReadOnlySpan<byte> json)
    {
        if (json.Length < ShortestExcess)
        {
            return null;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
        var (values, objects) = (0, 0);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.EndArray or JsonTokenType.EndObject)
                {
                    continue;
                }

                if (++values > Values)
                {
                    return $"the request body has more than {Values} JSON values";
                }

                if (reader.TokenType is JsonTokenType.StartObject && ++objects > Objects)
                {
                    return $"the request body has more than {Objects} JSON objects";
                }
            }
        }
        catch (JsonException)
        {
            // The parser reports it in Ollama's words.
        }

        return null;
    }
}

using System.Text.Json;

namespace GGLib.Server.Inference;

/// <summary>One thing to embed: a text, or its tokens.</summary>
/// <param name="Text">The text; null when tokens are given.</param>
/// <param name="Tokens">The tokens; null when a text is given.</param>
internal sealed record EmbeddingInput(string? Text, int[]? Tokens)
{
    public bool IsEmpty => Text is { Length: 0 } || Tokens is { Length: 0 };

    public static EmbeddingInput Of(string text) => new(text, null);

    public static EmbeddingInput Of(int[] tokens) => new(null, tokens);

    /// <summary>Reads a string or an array of whole numbers; null for anything else.</summary>
    public static EmbeddingInput? Of(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                return Of(json.GetString()!);
            case JsonValueKind.Array:
                var tokens = new int[json.GetArrayLength()];
                for (var index = 0; index < tokens.Length; index++)
                {
                    if (json[index].ValueKind is not JsonValueKind.Number || !json[index].TryGetInt32(out tokens[index]))
                    {
                        return null;
                    }
                }

                return Of(tokens);
            default:
                return null;
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        if (Text is not null)
        {
            writer.WriteStringValue(Text);
            return;
        }

        writer.WriteStartArray();
        foreach (var token in Tokens!)
        {
            writer.WriteNumberValue(token);
        }

        writer.WriteEndArray();
    }
}

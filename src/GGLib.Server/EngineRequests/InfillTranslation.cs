using System.Text.Json;
using GGLib.Server.Json;

namespace GGLib.Server.EngineRequests;

/// <summary>An OpenAI completion with a suffix as llama-server's <c>POST /infill</c>. Pure.</summary>
internal static class InfillTranslation
{
    /// <summary>Whether there is something to fill up to.</summary>
    public static bool Applies(JsonElement request) =>
        request.TryGetProperty("suffix"u8, out var suffix) && suffix.ValueKind is JsonValueKind.String && !suffix.ValueEquals(""u8);

    /// <summary>The body: what both endpoints know under one name is passed on.</summary>
    /// <param name="request">The request, an object.</param>
    /// <param name="defaults">Further fields without braces; may be empty.</param>
    public static byte[] Compose(JsonElement request, ReadOnlySpan<byte> defaults)
    {
        var body = WireJson.Compose(writer =>
        {
            writer.WriteStartObject();
            var isText = request.TryGetProperty("prompt"u8, out var prompt) && prompt.ValueKind is JsonValueKind.String;
            writer.WriteString("input_prefix"u8, isText ? prompt.GetString() : "");
            writer.WriteString("input_suffix"u8, request.GetProperty("suffix"u8).GetString());
            writer.WriteBoolean("stream"u8, true);
            if (!request.TryGetProperty("n_predict"u8, out _) && request.TryGetProperty("max_tokens"u8, out var limit) && limit.ValueKind is JsonValueKind.Number)
            {
                writer.WritePropertyName("n_predict"u8);
                limit.WriteTo(writer);
            }

            foreach (var property in request.EnumerateObject())
            {
                // Those written above, those that are ours, and those that another endpoint knows.
                if (property.Name is not ("model" or "prompt" or "suffix" or "input_prefix" or "input_suffix" or "stream" or "stream_options" or "max_tokens" or "logprobs" or "echo" or "best_of" or "n"
                    or "keep_alive"))
                {
                    property.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        });
        return defaults.IsEmpty ? body : [.. body.AsSpan(..^1), (byte)',', .. defaults, (byte)'}'];
    }
}

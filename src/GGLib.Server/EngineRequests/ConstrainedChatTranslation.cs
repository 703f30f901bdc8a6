using System.Text.Json;
using GGLib.Server.Json;

namespace GGLib.Server.EngineRequests;

/// <summary>An OpenAI chat with a schema as llama-server's <c>/apply-template</c> and <c>/completion</c>, for models whose chat endpoint refuses schemas. Pure.</summary>
internal static class ConstrainedChatTranslation
{
    /// <summary>Whether this way is open: there is a schema, and neither tools nor images or sounds, which it does not know.</summary>
    public static bool Applies(JsonElement request) =>
        SchemaOf(request) is not null
        && !(request.TryGetProperty("tools"u8, out var tools) && tools.ValueKind is JsonValueKind.Array && tools.GetArrayLength() > 0)
        && request.TryGetProperty("messages"u8, out var messages)
        && messages.ValueKind is JsonValueKind.Array
        && messages.EnumerateArray().All(IsText);

    /// <summary>The body of <c>/apply-template</c>. The answer is constrained from its first token, so there is no thinking.</summary>
    public static byte[] Template(JsonElement request) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WritePropertyName("messages"u8);
        request.GetProperty("messages"u8).WriteTo(writer);
        writer.WriteStartObject("chat_template_kwargs"u8);
        if (request.TryGetProperty("chat_template_kwargs"u8, out var given) && given.ValueKind is JsonValueKind.Object)
        {
            foreach (var property in given.EnumerateObject().Where(property => !property.NameEquals("enable_thinking"u8)))
            {
                property.WriteTo(writer);
            }
        }

        writer.WriteBoolean("enable_thinking"u8, false);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    /// <summary>The body of <c>/completion</c>: what both endpoints know under one name is passed on.</summary>
    public static byte[] Completion(JsonElement request, string prompt) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("prompt"u8, prompt);
        writer.WriteBoolean("stream"u8, true);
        if (SchemaOf(request) is { } schema)
        {
            writer.WritePropertyName("json_schema"u8);
            schema.WriteTo(writer);
        }

        var limit = Given(request, "n_predict"u8) ?? Given(request, "max_completion_tokens"u8) ?? Given(request, "max_tokens"u8);
        if (limit is { } tokens)
        {
            writer.WritePropertyName("n_predict"u8);
            tokens.WriteTo(writer);
        }

        if (Given(request, "logprobs"u8) is { ValueKind: JsonValueKind.True })
        {
            var top = Given(request, "top_logprobs"u8) is { ValueKind: JsonValueKind.Number } count && count.TryGetInt32(out var wanted) ? wanted : 0;
            writer.WriteNumber("n_probs"u8, Math.Max(1, top));
        }

        foreach (var property in request.EnumerateObject())
        {
            // The chat's own fields, and those written above.
            if (property.Name is not ("model" or "messages" or "stream" or "stream_options" or "response_format" or "json_schema" or "grammar" or "prompt" or "n" or "n_predict"
                or "max_tokens" or "max_completion_tokens" or "logprobs" or "top_logprobs" or "n_probs" or "tools" or "tool_choice" or "chat_template_kwargs" or "keep_alive"))
            {
                property.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    });

    private static JsonElement? SchemaOf(JsonElement request)
    {
        if (Given(request, "response_format"u8) is not { ValueKind: JsonValueKind.Object } format)
        {
            return Given(request, "json_schema"u8);
        }

        return Given(format, "type"u8) switch
        {
            { ValueKind: JsonValueKind.String } type when type.ValueEquals("json_object"u8) => Given(format, "schema"u8) ?? AnyObject,
            { ValueKind: JsonValueKind.String } type when type.ValueEquals("json_schema"u8) =>
                Given(format, "json_schema"u8) is { ValueKind: JsonValueKind.Object } named ? Given(named, "schema"u8) ?? AnyObject : AnyObject,
            _ => null,
        };
    }

    private static JsonElement AnyObject { get; } = JsonElement.Parse("""{"type":"object"}"""u8);

    private static bool IsText(JsonElement message) =>
        Given(message, "content"u8) is not { ValueKind: JsonValueKind.Array } parts
        || parts.EnumerateArray().All(part => part.ValueKind is JsonValueKind.Object && Given(part, "type"u8) is { ValueKind: JsonValueKind.String } type && type.ValueEquals("text"u8));

    private static JsonElement? Given(JsonElement value, ReadOnlySpan<byte> name) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty(name, out var property) && property.ValueKind is not JsonValueKind.Null ? property : null;
}

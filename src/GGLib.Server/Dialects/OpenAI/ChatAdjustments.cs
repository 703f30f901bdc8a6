using System.Text.Json;
using GGLib.Catalog;
using GGLib.Server.Json;
using GGLib.Server.Pipeline;
using GGLib.Server.Prompts;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Where the engine's chat endpoint would not do what a request asks of it in OpenAI's words, and what it is told instead. Everything else is passed on as it came.</summary>
/// <param name="Effort">The reasoning effort to say, because the engine would not understand the client's way of saying it; null: nothing to change.</param>
/// <param name="OneAlternative">Whether to ask for one alternative a token: with none the engine sends no log probabilities at all.</param>
/// <param name="Whole">Whether to ask for one object, although the client streams: the engine refuses log probabilities together with tools in a stream.</param>
/// <param name="Stored">What is stored with the model and goes before the messages; null when nothing is.</param>
/// <param name="Reasoning">Whether earlier thinking comes back under Ollama's name, <c>reasoning</c>, which the engine does not know.</param>
internal sealed record ChatAdjustments(string? Effort, bool OneAlternative, bool Whole, IReadOnlyList<ChatMessage>? Stored, bool Reasoning)
{
    public static ChatAdjustments None { get; } = new(null, false, false, null, false);

    /// <summary>What a request that has passed the checks needs.</summary>
    /// <param name="request">The request.</param>
    /// <param name="profile">What is stored with the model.</param>
    public static ChatAdjustments Of(JsonElement request, ModelProfile profile)
    {
        var effort = ReasoningEffort.Read(request, out _);
        var isSaid = effort is null || (request.TryGetProperty("reasoning_effort"u8, out var given) && given.ValueKind is JsonValueKind.String && given.ValueEquals(effort));
        var logprobs = request.TryGetProperty("logprobs"u8, out var wanted) && wanted.ValueKind is JsonValueKind.True;
        var noAlternative = request.TryGetProperty("top_logprobs"u8, out var top) && top.ValueKind is JsonValueKind.Number && top.TryGetInt32(out var count) && count == 0;
        var tools = request.TryGetProperty("tools"u8, out var list) && list.ValueKind is JsonValueKind.Array && list.GetArrayLength() > 0;
        var streams = request.TryGetProperty("stream"u8, out var stream) && stream.ValueKind is JsonValueKind.True;
        var reasoning = request.GetProperty("messages"u8).EnumerateArray().Any(IsToldByItsOtherName);
        var first = request.GetProperty("messages"u8)[0];
        var bringsSystem = first.TryGetProperty("role"u8, out var role) && role.ValueKind is JsonValueKind.String && (role.ValueEquals("system"u8) || role.ValueEquals("developer"u8));
        var stored = Conversation.Before(profile, bringsSystem);
        return new(isSaid ? null : effort, logprobs && noAlternative, logprobs && tools && streams, stored.Count == 0 ? null : stored, reasoning);
    }

    /// <summary>The request with another model name in it, with further fields, and changed where it must be.</summary>
    /// <param name="body">The body as it came.</param>
    /// <param name="request">Where its model stands.</param>
    /// <param name="model">The name to put in.</param>
    /// <param name="extra">An object's fields, without its braces, none of which is in the body; may be empty.</param>
    public byte[] Apply(RequestBody body, RelayedRequest request, string model, ReadOnlySpan<byte> extra)
    {
        if (this == None)
        {
            return request.With(body.Bytes, System.Text.Encoding.ASCII.GetBytes(model), extra);
        }

        var changed = Compose(body, model);
        return extra.IsEmpty ? changed : [(byte)'{', .. extra, (byte)',', .. changed.AsSpan(1)];
    }

    private byte[] Compose(RequestBody body, string model) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model"u8, model);
        if (Effort is not null)
        {
            writer.WriteString("reasoning_effort"u8, Effort);
        }

        foreach (var property in body.Json.EnumerateObject())
        {
            switch (property.Name)
            {
                case "model":
                case "reasoning_effort" when Effort is not null:
                case "stream" or "stream_options" when Whole:
                    break;
                case "top_logprobs" when OneAlternative:
                    writer.WriteNumber("top_logprobs"u8, 1);
                    break;
                case "messages" when Reasoning || Stored is not null:
                    WriteMessages(writer, property.Value);
                    break;
                default:
                    property.WriteTo(writer);
                    break;
            }
        }

        writer.WriteEndObject();
    });

    private static bool IsToldByItsOtherName(JsonElement message) =>
        message.TryGetProperty("reasoning"u8, out var reasoning) && reasoning.ValueKind is JsonValueKind.String && !message.TryGetProperty("reasoning_content"u8, out _);

    private void WriteMessages(Utf8JsonWriter writer, JsonElement messages)
    {
        writer.WriteStartArray("messages"u8);
        foreach (var message in Stored ?? [])
        {
            writer.WriteStartObject();
            writer.WriteString("role"u8, message.Role);
            writer.WriteString("content"u8, message.Content);
            writer.WriteEndObject();
        }

        foreach (var message in messages.EnumerateArray())
        {
            if (!IsToldByItsOtherName(message))
            {
                message.WriteTo(writer);
                continue;
            }

            writer.WriteStartObject();
            foreach (var property in message.EnumerateObject())
            {
                writer.WritePropertyName(property.NameEquals("reasoning"u8) ? "reasoning_content" : property.Name);
                property.Value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}

using System.Text.Json;
using GGLib.Server.Streaming;

namespace GGLib.Server.Endpoints.OpenAI;

/// <summary>Where the engine's chat endpoint would not do what a request asks of it in OpenAI's words, and what it is told instead. Everything else is passed on as it came.</summary>
/// <param name="Effort">The reasoning effort to say, because the engine would not understand the client's way of saying it; null: nothing to change.</param>
/// <param name="OneAlternative">Whether to ask for one alternative a token: with none the engine sends no log probabilities at all.</param>
/// <param name="Whole">Whether to ask for one object, although the client streams: the engine refuses log probabilities together with tools in a stream.</param>
internal sealed record ChatAdjustments(string? Effort, bool OneAlternative, bool Whole)
{
    public static ChatAdjustments None { get; } = new(null, false, false);

    /// <summary>What a request that has passed the checks needs.</summary>
    public static ChatAdjustments Of(JsonElement request)
    {
        var effort = ReasoningEffort.Read(request, out _);
        var isSaid = effort is null || (request.TryGetProperty("reasoning_effort"u8, out var given) && given.ValueKind is JsonValueKind.String && given.ValueEquals(effort));
        var logprobs = request.TryGetProperty("logprobs"u8, out var wanted) && wanted.ValueKind is JsonValueKind.True;
        var noAlternative = request.TryGetProperty("top_logprobs"u8, out var top) && top.ValueKind is JsonValueKind.Number && top.TryGetInt32(out var count) && count == 0;
        var tools = request.TryGetProperty("tools"u8, out var list) && list.ValueKind is JsonValueKind.Array && list.GetArrayLength() > 0;
        var streams = request.TryGetProperty("stream"u8, out var stream) && stream.ValueKind is JsonValueKind.True;
        return new(isSaid ? null : effort, logprobs && noAlternative, logprobs && tools && streams);
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
                default:
                    property.WriteTo(writer);
                    break;
            }
        }

        writer.WriteEndObject();
    });
}

using System.Text.Json;
using GGLib.Engine.Launching;
using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline;

/// <summary>What the gateway itself needs of a request that is otherwise passed on as it came.</summary>
internal sealed record RelayedRequest
{
    /// <summary>The model's name as the client wrote it.</summary>
    public required string Model { get; init; }

    /// <summary>Where the name's value stands in the body, quotes included.</summary>
    public required Range ModelRange { get; init; }

    public required bool Stream { get; init; }

    /// <summary>gglib's addition to OpenAI's API, as Ollama's clients know it; null when not given.</summary>
    public required KeepAlive? KeepAlive { get; init; }

    /// <summary>Reads the body's own fields; everything else stays unseen.</summary>
    /// <returns>Null with the reason when it cannot be relayed.</returns>
    public static RelayedRequest? Read(RequestBody body, out string? error)
    {
        if (body.Json.ValueKind is not JsonValueKind.Object)
        {
            error = "the request body must be a JSON object";
            return null;
        }

        var fields = new GoObject(body.Json, "ChatCompletionRequest");
        var keepAlive = KeepAliveField.Read(fields);
        var stream = fields.Bool("stream") ?? false;
        error = fields.Error;
        if (error is not null)
        {
            return null;
        }

        var reader = new Utf8JsonReader(body.Bytes, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        string? model = null;
        Range range = default;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isModel = reader.ValueTextEquals("model"u8);
            reader.Read();
            if (isModel && reader.TokenType is JsonTokenType.String)
            {
                // Of several the last wins, as in every decoder.
                model = reader.GetString();
                range = (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
            }
            else if (isModel)
            {
                error = "model must be a string";
                return null;
            }

            reader.Skip();
        }

        if (string.IsNullOrWhiteSpace(model))
        {
            error = "model is required";
            return null;
        }

        return new RelayedRequest { Model = model, ModelRange = range, Stream = stream, KeepAlive = keepAlive };
    }

    /// <summary>The body with another model name in it, and further fields.</summary>
    /// <param name="body">The body as it came.</param>
    /// <param name="model">The name to put in.</param>
    /// <param name="extra">An object's fields, without its braces, none of which is in the body; may be empty.</param>
    public byte[] With(byte[] body, ReadOnlySpan<byte> model, ReadOnlySpan<byte> extra)
    {
        var (start, length) = ModelRange.GetOffsetAndLength(body.Length);

        // There is a field already, the model: a comma always fits.
        var open = body.AsSpan().IndexOf((byte)'{') + 1;
        return
        [
            .. body.AsSpan(0, open), .. extra, .. extra.IsEmpty ? ""u8 : ","u8,
            .. body.AsSpan(open, start - open), (byte)'"', .. model, (byte)'"', .. body.AsSpan(start + length),
        ];
    }
}

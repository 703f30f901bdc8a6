using System.Text.Json;
using GGLib.Catalog;
using GGLib.Server.Pipeline;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary><c>POST /v1/responses</c>.</summary>
internal sealed class ResponsesDialect(ServerOptions options) : OpenAIDialect
{
    public override TextMark Texts => TextMark.Response;

    public override string ErrorEvent => "error";

    public override string? CheckForm(JsonElement request)
    {
        if (!request.TryGetProperty("input"u8, out var input) || input.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
        {
            return "input must be a string or an array";
        }

        _ = ReasoningEffort.Read(request, out var wrong);
        return wrong;
    }

    public override RelayRefusal? Check(JsonElement request, CatalogModel model, string name)
    {
        if (ChatChecks.Ability(request, model, name, options.LenientThinking) is { } cannot)
        {
            return cannot;
        }

        var input = request.GetProperty("input"u8);
        return input.ValueKind is JsonValueKind.String
            ? null
            : input.EnumerateArray()
                .Where(static item => item.ValueKind is JsonValueKind.Object)
                .SelectMany(static item => Parts(item, "content"u8).Concat(Parts(item, "output"u8)))
                .Select(part => Part(part, model))
                .FirstOrDefault(static refusal => refusal is not null);
    }

    private static IEnumerable<JsonElement> Parts(JsonElement item, ReadOnlySpan<byte> name) =>
        item.TryGetProperty(name, out var parts) && parts.ValueKind is JsonValueKind.Array ? parts.EnumerateArray().Where(static part => part.ValueKind is JsonValueKind.Object) : [];

    private static RelayRefusal? Part(JsonElement part, CatalogModel model)
    {
        // What the engine takes for an image is one, whatever it is called.
        if (part.TryGetProperty("image_url"u8, out var image))
        {
            return MediaChecks.Address(image.ValueKind is JsonValueKind.String ? image.GetString() : null, model);
        }

        var type = part.TryGetProperty("type"u8, out var kind) && kind.ValueKind is JsonValueKind.String ? kind.GetString() : null;
        return type switch
        {
            null or "input_text" or "output_text" or "text" or "refusal" or "reasoning_text" or "summary_text" => null,
            "input_image" => new(MediaChecks.NoAddresses),
            "input_file" => new("file inputs are not currently supported"),
            _ => new($"content parts of type '{type}' are not supported"),
        };
    }
}

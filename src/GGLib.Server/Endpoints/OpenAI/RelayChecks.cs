using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.Translation;

namespace GGLib.Server.Endpoints.OpenAI;

/// <summary>What would otherwise be a 500 of the engine, or a hole: it would fetch any address that an image names.</summary>
internal static class RelayChecks
{
    private const string NotMultimodal = "Multimodal data provided, but model does not support multimodal requests.";

    /// <summary>Why a chat is refused; null when it is not.</summary>
    public static string? Chat(JsonElement request, CatalogModel model, string name)
    {
        if (!model.Facts.Can(Capability.Completion))
        {
            return $"\"{name}\" does not support chat";
        }

        if (!request.TryGetProperty("messages"u8, out var messages) || messages.ValueKind is not JsonValueKind.Array || messages.GetArrayLength() == 0)
        {
            return "[] is too short - 'messages'";
        }

        if (request.TryGetProperty("tools"u8, out var tools) && tools.ValueKind is JsonValueKind.Array && tools.GetArrayLength() > 0 && !model.Facts.Can(Capability.Tools))
        {
            return $"{model.Name.Full} does not support tools";
        }

        var effort = ReasoningEffort.Read(request, out var wrong);
        if (wrong is not null)
        {
            return wrong;
        }

        if (effort is not (null or ReasoningEffort.None) && !model.Facts.Can(Capability.Thinking))
        {
            return $"\"{name}\" does not support thinking";
        }

        if (request.TryGetProperty("top_logprobs"u8, out var top) && top.ValueKind is JsonValueKind.Number && top.GetDouble() is < 0 or > 20)
        {
            return "top_logprobs must be between 0 and 20";
        }

        foreach (var message in messages.EnumerateArray())
        {
            if (message.ValueKind is not JsonValueKind.Object)
            {
                return "each of 'messages' must be an object";
            }

            if (message.TryGetProperty("content"u8, out var content) && content.ValueKind is JsonValueKind.Array && Parts(content, model) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static string? Parts(JsonElement parts, CatalogModel model)
    {
        foreach (var part in parts.EnumerateArray())
        {
            if (part.ValueKind is not JsonValueKind.Object)
            {
                continue;
            }

            // The engine has more kinds than OpenAI's API, some of which it would fetch or read from a file.
            var type = part.TryGetProperty("type"u8, out var kind) && kind.ValueKind is JsonValueKind.String ? kind.GetString() : null;
            var refusal = type switch
            {
                null or "text" or "refusal" => null,
                "image_url" => Image(part, model),
                "input_audio" => Sound(part, model),
                _ => $"content parts of type '{type}' are not supported",
            };
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return null;
    }

    private static string? Image(JsonElement part, CatalogModel model)
    {
        part.TryGetProperty("image_url"u8, out var image);
        var url = image.ValueKind is JsonValueKind.Object && image.TryGetProperty("url"u8, out var inner) ? inner : image;
        if (url.ValueKind is not JsonValueKind.String || url.GetString() is not { } address || !address.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return "image URLs are not currently supported, please use base64 encoded data instead";
        }

        return model.Facts.Can(Capability.Vision) ? MediaTranslation.Refusal(address) : NotMultimodal;
    }

    private static string? Sound(JsonElement part, CatalogModel model)
    {
        if (!model.Facts.Can(Capability.Audio))
        {
            return NotMultimodal;
        }

        return part.TryGetProperty("input_audio"u8, out var sound) && sound.ValueKind is JsonValueKind.Object && !sound.TryGetProperty("url"u8, out _)
            && sound.TryGetProperty("data"u8, out var data) && data.ValueKind is JsonValueKind.String && !data.GetString()!.Contains(':', StringComparison.Ordinal)
                ? null
                : "input_audio must hold base64 encoded data";
    }
}

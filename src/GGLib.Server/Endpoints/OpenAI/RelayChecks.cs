using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;

namespace GGLib.Server.Endpoints.OpenAI;

/// <summary>What would otherwise be a 500 of the engine, or a hole: it would fetch any address that an image names.</summary>
internal static class RelayChecks
{
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

            if (part.TryGetProperty("image_url"u8, out var image))
            {
                var url = image.ValueKind is JsonValueKind.Object && image.TryGetProperty("url"u8, out var inner) ? inner : image;
                if (url.ValueKind is not JsonValueKind.String || url.GetString()?.StartsWith("data:", StringComparison.OrdinalIgnoreCase) != true)
                {
                    return "image URLs are not currently supported, please use base64 encoded data instead";
                }

                if (!model.Facts.Can(Capability.Vision))
                {
                    return "Multimodal data provided, but model does not support multimodal requests.";
                }
            }

            if (part.TryGetProperty("input_audio"u8, out _) && !model.Facts.Can(Capability.Audio))
            {
                return "Multimodal data provided, but model does not support multimodal requests.";
            }
        }

        return null;
    }
}

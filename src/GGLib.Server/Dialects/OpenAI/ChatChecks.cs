using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.Pipeline;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>What would otherwise be a 500 of the engine, or a hole: it would fetch any address that an image names.</summary>
internal static class ChatChecks
{
    /// <summary>What is wrong with a chat whatever its model is; null when nothing.</summary>
    public static string? Form(JsonElement request)
    {
        if (!request.TryGetProperty("messages"u8, out var messages) || messages.ValueKind is not JsonValueKind.Array || messages.GetArrayLength() == 0)
        {
            return "[] is too short - 'messages'";
        }

        if (messages.EnumerateArray().Any(static message => message.ValueKind is not JsonValueKind.Object))
        {
            return "each of 'messages' must be an object";
        }

        if (request.TryGetProperty("top_logprobs"u8, out var top) && top.ValueKind is JsonValueKind.Number && top.GetDouble() is < 0 or > 20)
        {
            return "top_logprobs must be between 0 and 20";
        }

        _ = ReasoningEffort.Read(request, out var wrong);
        return wrong;
    }

    /// <summary>Why a chat that is well-formed is refused; null when it is not.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model.</param>
    /// <param name="name">Its name as the client wrote it.</param>
    /// <param name="lenientThinking">Whether asking for thinking that the model cannot do is passed over.</param>
    public static RelayRefusal? Check(JsonElement request, CatalogModel model, string name, bool lenientThinking)
    {
        if (Ability(request, model, name, lenientThinking) is { } cannot)
        {
            return cannot;
        }

        foreach (var message in request.GetProperty("messages"u8).EnumerateArray())
        {
            if (message.TryGetProperty("content"u8, out var content) && content.ValueKind is JsonValueKind.Array && Parts(content, model) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>What the model must be able to do, whatever the messages hold.</summary>
    public static RelayRefusal? Ability(JsonElement request, CatalogModel model, string name, bool lenientThinking)
    {
        if (!model.Facts.Can(Capability.Completion))
        {
            return new($"\"{name}\" does not support chat", IsOfModel: true);
        }

        if (request.TryGetProperty("tools"u8, out var tools) && tools.ValueKind is JsonValueKind.Array && tools.GetArrayLength() > 0 && !model.Facts.Can(Capability.Tools))
        {
            return new($"{model.Name.Full} does not support tools", IsOfModel: true);
        }

        return ReasoningEffort.Read(request, out _) is not (null or ReasoningEffort.None) && !model.Facts.Can(Capability.Thinking) && !lenientThinking
            ? new($"\"{name}\" does not support thinking", IsOfModel: true)
            : null;
    }

    private static RelayRefusal? Parts(JsonElement parts, CatalogModel model)
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
                _ => new RelayRefusal($"content parts of type '{type}' are not supported"),
            };
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return null;
    }

    private static RelayRefusal? Image(JsonElement part, CatalogModel model)
    {
        part.TryGetProperty("image_url"u8, out var image);
        var url = image.ValueKind is JsonValueKind.Object && image.TryGetProperty("url"u8, out var inner) ? inner : image;
        return MediaChecks.Address(url.ValueKind is JsonValueKind.String ? url.GetString() : null, model);
    }

    private static RelayRefusal? Sound(JsonElement part, CatalogModel model)
    {
        if (!model.Facts.Can(Capability.Audio))
        {
            return new(MediaChecks.NotMultimodal, IsOfModel: true);
        }

        return part.TryGetProperty("input_audio"u8, out var sound) && sound.ValueKind is JsonValueKind.Object && !sound.TryGetProperty("url"u8, out _)
            && sound.TryGetProperty("data"u8, out var data) && data.ValueKind is JsonValueKind.String && !data.GetString()!.Contains(':', StringComparison.Ordinal)
                ? null
                : new("input_audio must hold base64 encoded data");
    }
}

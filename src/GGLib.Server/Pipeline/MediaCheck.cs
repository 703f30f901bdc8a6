using GGLib.Gguf;
using GGLib.Server.Failures;
using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline;

/// <summary>Checks images and audio files before the engine receives them: it would fetch any address, and it reads only some formats.</summary>
internal static class MediaCheck
{
    private const string NoAddresses = "image URLs are not currently supported, please use base64 encoded data instead";
    private const string NotMultimodal = "Multimodal data provided, but model does not support multimodal requests.";

    /// <summary>Why a request's images or audio files cannot be used; null when they can.</summary>
    public static InferenceFailure? Failure(PreparedRequest prepared)
    {
        foreach (var part in prepared.Request.Messages.SelectMany(static message => message.Parts))
        {
            if (part is not ContentPart.Text && Failure(part, prepared) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    /// <summary>Why the model cannot take a request's images or audio files, whatever they contain; null when it can. Parts of other kinds are not looked at.</summary>
    public static InferenceFailure? CapabilityFailure(InferenceRequest request, ModelFacts facts) =>
        request.Messages.SelectMany(static message => message.Parts).Any(part => NeededBy(part) is { } capability && !facts.Can(capability)) ? new InferenceFailure.Unsupported(NotMultimodal) : null;

    // An address is rejected for what it is, also on a model that sees.
    private static string? NeededBy(ContentPart part) => part switch
    {
        ContentPart.Audio => Capability.Audio,
        ContentPart.Image { Url: var url } when url.StartsWith("data:", StringComparison.OrdinalIgnoreCase) => Capability.Vision,
        _ => null,
    };

    private static InferenceFailure? Failure(ContentPart part, PreparedRequest prepared)
    {
        var facts = prepared.Model.Facts;
        switch (part)
        {
            case ContentPart.Unsupported { Type: var type }:
                return new InferenceFailure.InvalidRequest(type is "input_file" or "file" or "document" ? "file inputs are not currently supported" : $"content parts of type '{type}' are not supported");
            case ContentPart.Image { Url: var url } when !url.StartsWith("data:", StringComparison.OrdinalIgnoreCase):
                return new InferenceFailure.InvalidRequest(NoAddresses);
        }

        if (facts.ChatTemplate is null && prepared.GoTemplate is not null)
        {
            return new InferenceFailure.InvalidRequest("images and sounds need a Jinja chat template: the model's file has none, and its TEMPLATE is a Go template");
        }

        if (!facts.Can(part is ContentPart.Audio ? Capability.Audio : Capability.Vision))
        {
            return new InferenceFailure.Unsupported(NotMultimodal);
        }

        return part switch
        {
            ContentPart.Audio { Base64: var data } when data.Length == 0 || data.Contains(':', StringComparison.Ordinal) => new InferenceFailure.InvalidRequest("input_audio must hold base64 encoded data"),
            ContentPart.Audio { Base64: var data } => Refusal(MediaFile.Refusal("," + data)),
            ContentPart.Image { Url: var url } => Refusal(MediaFile.Refusal(url)),
            _ => null,
        };
    }

    private static InferenceFailure.InvalidRequest? Refusal(string? reason) => reason is null ? null : new(reason);
}

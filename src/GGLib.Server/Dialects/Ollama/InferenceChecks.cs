using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.EngineRequests;
using GGLib.Server.Prompts;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>What chat and generate refuse alike, before the engine sees it.</summary>
internal static class InferenceChecks
{
    /// <param name="model">The model.</param>
    /// <param name="fields">What is asked of it.</param>
    /// <param name="verb"><c>chat</c> or <c>generate</c>.</param>
    /// <param name="files">The images and sounds.</param>
    /// <param name="lenientThinking">Whether asking for thinking that the model cannot do is passed over.</param>
    public static OllamaError? Check(CatalogModel model, InferenceFields fields, string verb, IEnumerable<byte[]> files, bool lenientThinking)
    {
        if (!model.Facts.Can(Capability.Completion))
        {
            return OllamaError.BadRequest($"\"{fields.Model}\" does not support {verb}");
        }

        if (fields.Think is { Enabled: true } && !model.Facts.Can(Capability.Thinking) && !lenientThinking)
        {
            return OllamaError.BadRequest($"\"{fields.Model}\" does not support thinking");
        }

        if (fields.Format is { } format && !(format.ValueKind is JsonValueKind.Object || (format.ValueKind is JsonValueKind.String && format.GetString() is "json")))
        {
            var text = JsonEncodedText.Encode(format.GetRawText(), System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
            return new OllamaError(500, $"invalid format: \"{text}\"; expected \"json\" or a valid JSON Schema object");
        }

        foreach (var file in files)
        {
            if (model.Facts.ChatTemplate is null && ModelPrompt.GoTemplateOf(model) is not null)
            {
                return OllamaError.BadRequest("images and sounds need a Jinja chat template: the model's file has none, and its TEMPLATE is a Go template");
            }

            var needed = MediaTranslation.IsAudio(file) ? Capability.Audio : Capability.Vision;
            if (!model.Facts.Can(needed))
            {
                return OllamaError.BadRequest("Multimodal data provided, but model does not support multimodal requests.");
            }

            if (MediaTranslation.Refusal(file) is { } refusal)
            {
                return OllamaError.BadRequest(refusal);
            }
        }

        return null;
    }
}

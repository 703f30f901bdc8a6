using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.Endpoints.Ollama.Requests;
using GGLib.Server.Inference;
using GGLib.Server.Streaming;
using GGLib.Server.Translation;

namespace GGLib.Server.Endpoints.Ollama;

/// <summary><c>POST /api/generate</c>.</summary>
internal sealed class GenerateEndpoint(ModelDirectory models, ModelDefaults defaults, ServerOptions server, ModelLoading loading, OllamaInference inference, TimeProvider time)
    : GenerationEndpoint<GenerateRequest>(loading, inference, OllamaAnswerShape.Generate, time)
{
    protected override GenerateRequest? Read(JsonElement json, out string? error) => GenerateRequest.Read(json, out error);

    protected override InferenceFields CommonOf(GenerateRequest request) => request.Common;

    protected override bool OnlyLoads(GenerateRequest request) => request.Prompt.Length == 0;

    protected override EngineRequest Translate(GenerateRequest request, CatalogModel model, OllamaOptions options)
    {
        var fields = request.Common;
        if (request.Raw)
        {
            return new("/completion", runner => CompletionTranslation.Raw(request.Prompt, fields, options, runner.ContextLength));
        }

        if (request.Suffix.Length > 0)
        {
            return new("/infill", runner => CompletionTranslation.Infill(request.Prompt, request.Suffix, fields, options, runner.ContextLength));
        }

        var messages = new List<ChatMessage>();
        if (request.System.Length > 0)
        {
            messages.Add(new ChatMessage { Role = "system", Content = request.System });
        }

        messages.Add(new ChatMessage { Role = "user", Content = request.Prompt, Images = request.Images });
        return Translate(messages, tools: null, fields, model, options);
    }

    protected override OllamaError? Check(GenerateRequest request, out CatalogModel? model, out OllamaOptions? options)
    {
        var fields = request.Common;
        model = null;
        options = null;
        if (fields.Model.Length > 0 && !ModelName.TryParse(fields.Model, out _))
        {
            return OllamaError.BadRequest("invalid model name");
        }

        if ((model = models.Find(fields.Model)) is null)
        {
            return OllamaError.ModelNotFound(fields.Model);
        }

        if (OnlyLoads(request) && fields.Unloads)
        {
            options = OllamaOptions.None;
            return null;
        }

        if (request.Raw && (request.Template.Length > 0 || request.System.Length > 0 || request.Context.Count > 0))
        {
            return OllamaError.BadRequest("raw mode does not support template, system, or context");
        }

        if ((options = OllamaOptions.Parse(fields.Options, out var optionError)) is null)
        {
            return new OllamaError(500, optionError!);
        }

        options = options.Over(defaults.Under(model));

        if (OnlyLoads(request))
        {
            return null;
        }

        if (request.Suffix.Length > 0 && !model.Facts.Can(Capability.Insert))
        {
            return OllamaError.BadRequest($"{model.Name.Full} does not support insert");
        }

        if (request.Template.Length > 0)
        {
            return OllamaError.BadRequest("template overrides are not supported: the model's own template is used");
        }

        if (request.Context.Count > 0)
        {
            return OllamaError.BadRequest("context is not supported: send the earlier messages to /api/chat instead");
        }

        return InferenceChecks.Check(model, fields, "generate", request.Images, server.LenientThinking);
    }
}

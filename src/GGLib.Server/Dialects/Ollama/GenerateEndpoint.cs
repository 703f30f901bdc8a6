using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.EngineRequests;
using GGLib.Server.Inference;
using GGLib.Server.Prompts;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary><c>POST /api/generate</c>.</summary>
internal sealed class GenerateEndpoint(
    ModelDirectory models, ModelDefaults defaults, ServerOptions server, ModelLoading loading, PromptRendering rendering, OllamaInference inference, TimeProvider time)
    : GenerationEndpoint<GenerateRequest>(models, loading, rendering, inference, OllamaAnswerShape.Generate, time)
{
    protected override GenerateRequest? Read(JsonElement json, out string? error) => GenerateRequest.Read(json, out error);

    protected override InferenceFields CommonOf(GenerateRequest request) => request.Common;

    protected override bool OnlyLoads(GenerateRequest request) => request.Prompt.Length == 0;

    protected override bool TellsContext(GenerateRequest request) => !request.Raw;

    protected override int ImageCount(GenerateRequest request) => request.Images.Count;

    protected override IPrompt PromptOf(GenerateRequest request, CatalogModel model, OllamaOptions options)
    {
        var fields = request.Common;
        if (request.Raw)
        {
            return new PlainPrompt("/completion", request.Prompt, runner => CompletionTranslation.Raw(request.Prompt, fields, options, runner.ContextLength));
        }

        return request.Suffix.Length > 0
            ? ModelPrompt.OfGap(model, request.Prompt, request.Suffix, fields, options, Time)
            : ModelPrompt.Of(model, Conversation.OfPrompt(model.Profile, request), tools: null, request.Context, fields, options, Time);
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

        if ((model = Models.Find(fields.Model)) is null)
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

        if (request.Template.Length > 0)
        {
            if (ModelProfile.TemplateProblemOf(request.Template) is { } problem)
            {
                return OllamaError.BadRequest(problem);
            }

            model = model.Under(request.Template);
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

        return InferenceChecks.Check(model, fields, "generate", request.Images, server.LenientThinking);
    }
}

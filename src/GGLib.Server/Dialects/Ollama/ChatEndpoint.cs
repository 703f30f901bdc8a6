using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.Inference;
using GGLib.Server.Prompts;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary><c>POST /api/chat</c>.</summary>
internal sealed class ChatEndpoint(
    ModelDirectory models, ModelDefaults defaults, ServerOptions server, ModelLoading loading, PromptRendering rendering, OllamaInference inference, TimeProvider time)
    : GenerationEndpoint<ChatRequest>(models, loading, rendering, inference, OllamaAnswerShape.Chat, time)
{
    protected override ChatRequest? Read(JsonElement json, out string? error) => ChatRequest.Read(json, out error);

    protected override InferenceFields CommonOf(ChatRequest request) => request.Common;

    protected override bool OnlyLoads(ChatRequest request) => request.Messages.Count == 0;

    protected override int ImageCount(ChatRequest request) => request.Messages.Sum(static message => message.Images.Count);

    protected override IPrompt PromptOf(ChatRequest request, CatalogModel model, OllamaOptions options) =>
        ModelPrompt.Of(model, Conversation.OfChat(model.Profile, request.Messages), request.Tools, [], request.Common, options, Time);

    protected override OllamaError? Check(ChatRequest request, out CatalogModel? model, out OllamaOptions? options)
    {
        var fields = request.Common;
        model = null;
        options = null;
        if (fields.Model.Trim().Length == 0)
        {
            return OllamaError.BadRequest("model is required");
        }

        if (!ModelName.TryParse(fields.Model, out _))
        {
            return OllamaError.BadRequest("invalid model name");
        }

        if ((model = Models.Find(fields.Model)) is null)
        {
            return OllamaError.ModelNotFound(fields.Model);
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

        if (request.Tools is not null && !model.Facts.Can(Capability.Tools))
        {
            return OllamaError.BadRequest($"{model.Name.Full} does not support tools");
        }

        return InferenceChecks.Check(model, fields, "chat", request.Messages.SelectMany(message => message.Images), server.LenientThinking);
    }
}

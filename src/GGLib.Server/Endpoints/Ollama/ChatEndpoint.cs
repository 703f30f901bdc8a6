using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.Endpoints.Ollama.Requests;
using GGLib.Server.Inference;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using GGLib.Server.Translation;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Endpoints.Ollama;

/// <summary><c>POST /api/chat</c>.</summary>
internal sealed class ChatEndpoint(ModelDirectory models, ModelLoading loading, OllamaInference inference, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        var began = time.GetTimestamp();
        using var body = await OllamaEndpoint.ReadBodyAsync(context).ConfigureAwait(false);
        if (body is null)
        {
            return;
        }

        if (ChatRequest.Read(body.Json, out var error) is not { } request)
        {
            await OllamaReply.WriteErrorAsync(context, OllamaError.BadRequest(error!)).ConfigureAwait(false);
            return;
        }

        var fields = request.Common;
        context.Notes().Model = fields.Model;
        if (Check(request, out var model, out var options) is { } refusal)
        {
            await OllamaReply.WriteErrorAsync(context, refusal).ConfigureAwait(false);
            return;
        }

        if (request.Messages.Count == 0)
        {
            await loading.RunAsync(context, model!, fields, options!, OllamaAnswerShape.Chat, began).ConfigureAwait(false);
            return;
        }

        var canThink = model!.Facts.Can(Capability.Thinking);
        await inference.RunAsync(context, new InferenceCall
        {
            Model = model,
            Fields = fields,
            Options = options!,
            Shape = OllamaAnswerShape.Chat,
            Path = "/v1/chat/completions",
            Body = runner => ChatTranslation.Compose(request.Messages, request.Tools, fields, options!, canThink, runner.ContextLength),
            Began = began,
        }).ConfigureAwait(false);
    }

    /// <summary>Checks in the order in which the real server does. Null when nothing is wrong.</summary>
    private OllamaError? Check(ChatRequest request, out CatalogModel? model, out OllamaOptions? options)
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

        if ((model = models.Find(fields.Model)) is null)
        {
            return OllamaError.ModelNotFound(fields.Model);
        }

        if ((options = OllamaOptions.Parse(fields.Options, out var optionError)) is null)
        {
            return new OllamaError(500, optionError!);
        }

        if (request.Messages.Count == 0)
        {
            return null;
        }

        if (request.Tools is not null && !model.Facts.Can(Capability.Tools))
        {
            return OllamaError.BadRequest($"{model.Name.Full} does not support tools");
        }

        return InferenceChecks.Check(model, fields, "chat", request.Messages.SelectMany(message => message.Images));
    }
}

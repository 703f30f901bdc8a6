using System.Text.Json;
using GGLib.Catalog;
using GGLib.Server.Inference;
using GGLib.Server.Prompts;
using GGLib.Server.Requests;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>What chat and generate have in common: read, check, then load the model or answer.</summary>
internal abstract class GenerationEndpoint<TRequest>(ModelDirectory models, ModelLoading loading, PromptRendering rendering, OllamaInference inference, OllamaAnswerShape shape, TimeProvider time)
    where TRequest : class
{
    /// <summary>The clock.</summary>
    protected TimeProvider Time => time;

    protected ModelDirectory Models => models;

    public async Task HandleAsync(HttpContext context)
    {
        var began = time.GetTimestamp();
        using var body = await OllamaEndpoint.ReadBodyAsync(context).ConfigureAwait(false);
        if (body is null)
        {
            return;
        }

        if (Read(body.Json, out var error) is not { } request)
        {
            await OllamaReply.WriteErrorAsync(context, OllamaError.BadRequest(error!)).ConfigureAwait(false);
            return;
        }

        var fields = CommonOf(request);
        context.Notes().Model = fields.Model;
        await models.ReadyToFind(fields.Model);
        if (Check(request, out var model, out var options) is { } refusal)
        {
            await OllamaReply.WriteErrorAsync(context, refusal).ConfigureAwait(false);
            return;
        }

        if (OnlyLoads(request))
        {
            await loading.RunAsync(context, model!, fields, options!, shape, began).ConfigureAwait(false);
            return;
        }

        var call = new InferenceCall
        {
            Model = model!,
            Fields = fields,
            Options = options!,
            Shape = shape,
            Prompt = PromptOf(request, model!, options!),
            TellsContext = TellsContext(request),
            ImageCount = ImageCount(request),
            Began = began,
        };
        await (fields.RendersOnly ? rendering.RunAsync(context, call) : inference.RunAsync(context, call)).ConfigureAwait(false);
    }

    /// <summary>The request; null with the decoder's words when it is none.</summary>
    protected abstract TRequest? Read(JsonElement json, out string? error);

    protected abstract InferenceFields CommonOf(TRequest request);

    /// <summary>Whether there is nothing to answer: the model is loaded, or unloaded.</summary>
    protected abstract bool OnlyLoads(TRequest request);

    /// <summary>Checks in the order in which the real server does. Null when nothing is wrong; model and options are there then.</summary>
    protected abstract OllamaError? Check(TRequest request, out CatalogModel? model, out OllamaOptions? options);

    /// <summary>What the engine is asked.</summary>
    protected abstract IPrompt PromptOf(TRequest request, CatalogModel model, OllamaOptions options);

    /// <summary>Images and sounds of the request.</summary>
    protected abstract int ImageCount(TRequest request);

    /// <summary>Whether the answer tells the tokens of prompt and answer.</summary>
    protected virtual bool TellsContext(TRequest request) => false;
}

using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.Endpoints.Ollama.Requests;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using GGLib.Server.Translation;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Endpoints.Ollama;

/// <summary>What chat and generate have in common: read, check, then load the model or answer.</summary>
internal abstract class GenerationEndpoint<TRequest>(ModelLoading loading, OllamaInference inference, OllamaAnswerShape shape, TimeProvider time)
    where TRequest : class
{
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

        await inference.RunAsync(context, new InferenceCall
        {
            Model = model!,
            Fields = fields,
            Options = options!,
            Shape = shape,
            Request = Translate(request, model!, options!),
            Began = began,
        }).ConfigureAwait(false);
    }

    /// <summary>The request; null with the decoder's words when it is none.</summary>
    protected abstract TRequest? Read(JsonElement json, out string? error);

    protected abstract InferenceFields CommonOf(TRequest request);

    /// <summary>Whether there is nothing to answer: the model is loaded, or unloaded.</summary>
    protected abstract bool OnlyLoads(TRequest request);

    /// <summary>Checks in the order in which the real server does. Null when nothing is wrong; model and options are there then.</summary>
    protected abstract OllamaError? Check(TRequest request, out CatalogModel? model, out OllamaOptions? options);

    protected abstract EngineRequest Translate(TRequest request, CatalogModel model, OllamaOptions options);

    /// <summary>A chat by the engine's chat endpoint.</summary>
    protected static EngineRequest Translate(IReadOnlyList<ChatMessage> messages, JsonElement? tools, InferenceFields fields, CatalogModel model, OllamaOptions options)
    {
        var thinkingSwitch = model.Facts.Can(Capability.Thinking) ? model.Facts.ThinkingSwitch ?? ChatTranslation.UsualSwitch : null;
        // The second way knows no tools and no images.
        var hasSecondWay = fields.Format is not null && tools is null && messages.All(message => message.Images.Count == 0);
        return new("/v1/chat/completions", runner => ChatTranslation.Compose(messages, tools, fields, options, thinkingSwitch, runner.ContextLength))
        {
            Template = hasSecondWay ? ChatTranslation.Template(messages) : null,
        };
    }
}

using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.EngineRequests;
using GGLib.Server.EngineRequests.Schemas;
using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Prompts;
using GGLib.Server.Requests;
using Microsoft.Extensions.Logging;

namespace GGLib.Server.Pipeline;

/// <summary>
/// Every rule that applies to a request whatever API it came through, once and in this order:
/// (1) resolve the model; (2) apply the request's template; (3) apply stored and configured values; (4) check the model's capabilities; (5) check images and audio; (6) check schemas and select the tools that may be
/// called. Fitting the conversation to the template and to the context needs a runner and follows in <see cref="Prompts"/>. Thread-safe.
/// </summary>
internal sealed class Preparation(ModelDirectory models, ModelDefaults defaults, GoTemplateCache templates, ServerOptions server, ILogger<Preparation> log)
{
    /// <summary>Prepares a request.</summary>
    /// <returns>The prepared request, or why it cannot be answered: exactly one of the two.</returns>
    public (PreparedRequest? Prepared, InferenceFailure? Failure) Prepare(InferenceRequest request)
    {
        // Step 1: resolve the model.
        if (models.Find(request.Model) is not { } model)
        {
            return (null, new InferenceFailure.ModelNotFound(request.Model));
        }

        // Step 2: apply the request's template. An image, a suffix or thinking that the model does not support is reported before a template is parsed.
        if (!request.LoadsOnly && CapabilityFailure(request, model) is { } incapable)
        {
            return (null, incapable);
        }

        if (request.Deferred is { } deferred)
        {
            return (null, deferred);
        }

        if (request.Template is { Length: > 0 } template)
        {
            if (ModelProfile.TemplateProblemOf(template) is { } problem)
            {
                return (null, new InferenceFailure.TemplateRejected(problem));
            }

            model = model.Under(template);
        }

        // Step 3: apply stored and configured values.
        request = request with { Options = request.Options.Over(defaults.Under(model)), Messages = StoredMessages.Before(model.Profile, request) };
        var prepared = new PreparedRequest { Request = request, Model = model, GoTemplate = templates.Of(model), ThinkingSwitch = model.Facts.Can(Capability.Thinking) ? model.Facts.ThinkingSwitch ?? ChatBody.UsualThinkingSwitch : null };
        if (request.LoadsOnly)
        {
            return (prepared, null);
        }

        // Step 4: check the capabilities of the template in force.
        if (request.Template is { Length: > 0 } && CapabilityFailure(request, model) is { } lost)
        {
            return (null, lost);
        }

        // Step 5: check images and audio.
        if (MediaCheck.Failure(prepared) is { } unusable)
        {
            return (null, unusable);
        }

        if (request.Options.Integer("num_predict") is < -1 and var limit)
        {
            // Ollama once filled the context for -2. It now treats every negative number as no limit.
            log.LogWarning("num_predict {Limit} for {Model} is treated as -1 (no limit)", limit, model.Name);
        }

        // Step 6: check the size of schemas, and select the tools that may be called.
        if (request.Tools.Select(static tool => tool.Parameters).Append(request.Format?.Schema).OfType<JsonElement>().Select(SchemaLimits.Check).FirstOrDefault(static reason => reason is not null) is { } tooLarge)
        {
            return (null, new InferenceFailure.InvalidRequest(tooLarge));
        }

        return ToolSelection.Apply(request, out var unknown) is { } selected ? (prepared with { Request = selected }, null) : (null, unknown);
    }

    private InferenceFailure? CapabilityFailure(InferenceRequest request, CatalogModel model)
    {
        var facts = model.Facts;
        if (request.Tools.Count > 0 && facts.Can(Capability.Completion) && !facts.Can(Capability.Tools))
        {
            return new InferenceFailure.Unsupported($"{model.Name.Full} does not support tools");
        }

        if (!facts.Can(Capability.Completion))
        {
            return new InferenceFailure.Unsupported($"\"{request.Model}\" does not support {request.Verb}");
        }

        if (request.Prompt is { Suffix.Length: > 0 } && !facts.Can(Capability.Insert))
        {
            return new InferenceFailure.Unsupported($"{model.Name.Full} does not support insert");
        }

        if (request.Thinking is { IsDemanded: true } thinking && (thinking.Enabled ?? true) && !facts.Can(Capability.Thinking) && !server.LenientThinking)
        {
            return new InferenceFailure.Unsupported($"\"{request.Model}\" does not support thinking");
        }

        return null;
    }
}

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
            return (null, ModelNameCheck.Failure(request.Model) ?? new InferenceFailure.ModelNotFound(request.Model));
        }

        // Unloading needs nothing but the model.
        var unloads = request is { LoadsOnly: true, KeepAlive.IsNone: true };

        // Step 2: apply the request's template. Fields that exclude each other, a capability that the model lacks, an invalid option and an unsupported image are reported in this order, before a
        // template is parsed.
        if (!unloads && Failure(request, model) is { } unfit)
        {
            return (null, unfit);
        }

        if (!request.LoadsOnly && request.Template is { Length: > 0 } template)
        {
            if (ModelProfile.TemplateProblemOf(template) is { } problem)
            {
                return (null, new InferenceFailure.TemplateRejected(problem));
            }

            model = model.Under(template);
        }

        // Step 3: apply stored and configured values.
        request = request with { Options = request.Options.Over(defaults.Under(model)), Messages = WithStored(model.Profile, request) };
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

        return SelectTools(request, out var unknown) is { } selected ? (prepared with { Request = selected }, null) : (null, unknown);
    }

    private InferenceFailure? Failure(InferenceRequest request, CatalogModel model) =>
        (request.Deferred is InferenceFailure.InvalidRequest contradictory ? contradictory : null)
        ?? CapabilityFailure(request, model)
        ?? request.Deferred
        ?? MediaCheck.CapabilityFailure(request, model.Facts);

    private InferenceFailure.Unsupported? CapabilityFailure(InferenceRequest request, CatalogModel model)
    {
        var facts = model.Facts;
        if (request.Thinking is { IsDemanded: true } thinking && (thinking.Enabled ?? true) && !facts.Can(Capability.Thinking) && !server.LenientThinking)
        {
            return new InferenceFailure.Unsupported($"\"{request.Model}\" does not support thinking");
        }

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

        return null;
    }

    /// <summary>Returns the conversation with the stored system prompt, unless it starts with one, and the stored messages, unless it continues an earlier answer.</summary>
    private static IReadOnlyList<ChatMessage> WithStored(ModelProfile profile, InferenceRequest request)
    {
        if (request.Messages.Count == 0 || (profile.System is null && profile.Messages.IsEmpty))
        {
            return request.Messages;
        }

        // The client's own system prompt stays first; stored messages follow it, as Ollama orders them.
        var bringsSystem = request.Messages is [{ Role: "system" }, ..];
        var stored = request.EarlierTokens.Count > 0 ? [] : profile.Messages.Select(static message => ChatMessage.Of(message.Role, message.Content));
        IEnumerable<ChatMessage> system = bringsSystem || string.IsNullOrEmpty(profile.System) ? [] : [ChatMessage.Of("system", profile.System)];
        return request.PutsSystemFirst && bringsSystem
            ? [request.Messages[0], .. stored, .. request.Messages.Skip(1)]
            : [.. system, .. stored, .. request.Messages];
    }

    /// <summary>Applies the tool choice by leaving out the tools that may not be called: the engine has no form for a named tool or a list of allowed ones.</summary>
    /// <param name="request">The request.</param>
    /// <param name="failure">Why the choice is invalid; null when it is valid.</param>
    private static InferenceRequest? SelectTools(InferenceRequest request, out InferenceFailure? failure)
    {
        failure = null;
        var choice = request.ToolChoice;
        if (choice.Mode is ToolChoiceMode.None)
        {
            return request with { Tools = [] };
        }

        if (choice.Names?.FirstOrDefault(name => request.Tools.All(tool => tool.Name != name)) is { } unknown)
        {
            failure = new InferenceFailure.InvalidRequest($"tool_choice names the tool '{unknown}', which is not in 'tools'", "tool_choice");
            return null;
        }

        if (choice.Mode is ToolChoiceMode.Required && request.Tools.Count == 0)
        {
            failure = new InferenceFailure.InvalidRequest("tool_choice requires a tool call, but 'tools' is empty", "tool_choice");
            return null;
        }

        return choice.Names is { } names ? request with { Tools = [.. request.Tools.Where(tool => names.Contains(tool.Name))] } : request;
    }
}

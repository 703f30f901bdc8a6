using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.EngineRequests;
using GGLib.Server.EngineRequests.Schemas;
using GGLib.Server.Failures;
using GGLib.Server.Prompts;
using GGLib.Server.Requests;
using Microsoft.Extensions.Logging;

namespace GGLib.Server.Pipeline;

/// <summary>
/// Every rule that applies to a request whatever API it came through, once and in this order:
/// (1) resolve the model; (2) apply the request's template; (3) apply stored and configured values; (4) check the model's capabilities; (5) check images and audio; (6) check grammars and schemas, and select the tools that may be
/// called. Fitting the conversation to the template and to the context needs a runner and follows in <see cref="Prompts"/>. Thread-safe.
/// </summary>
internal sealed class Preparation(GoTemplateCache templates, ServerOptions server, ILogger<Preparation> log)
{
    private const string NoAddresses = "image URLs are not currently supported, please use base64 encoded data instead";
    private const string NotMultimodal = "Multimodal data provided, but model does not support multimodal requests.";

    /// <summary>Prepares a request.</summary>
    /// <param name="request">The request as its dialect read it.</param>
    /// <param name="found">The model that the request names; null if the catalog has none.</param>
    /// <returns>The prepared request, or why it cannot be answered: exactly one of the two.</returns>
    public (PreparedRequest? Prepared, InferenceFailure? Failure) Prepare(InferenceRequest request, CatalogModel? found)
    {
        // Step 1: resolve the model.
        if (found is not { } model)
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
        request = request with { Options = request.Options.Over(OllamaOptions.Parse(server.OptionsOf(model), out _) ?? OllamaOptions.None), Messages = WithStored(model.Profile, request) };
        var prepared = new PreparedRequest { Request = request, Model = model, GoTemplate = templates.Of(model), CallRules = RulesOf(model), ThinkingSwitch = model.Facts.Can(Capability.Thinking) ? model.Facts.ThinkingSwitch ?? ChatBody.UsualThinkingSwitch : null };
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
        if (MediaFailure(prepared) is { } unusable)
        {
            return (null, unusable);
        }

        if (request.Options.Integer("num_predict") is < -1 and var limit)
        {
            // Ollama once filled the context for -2. It now treats every negative number as no limit.
            log.LogWarning("num_predict {Limit} for {Model} is treated as -1 (no limit)", limit, model.Name);
        }

        // Step 6: check the size of grammars and schemas, and select the tools that may be called.
        if (request.Forwarded.FirstOrDefault(static field => field is { Name: "grammar", Value.ValueKind: JsonValueKind.String }).Value is { ValueKind: JsonValueKind.String } grammar && GrammarLimits.Check(grammar.GetString()!) is { } tooDeep)
        {
            return (null, new InferenceFailure.InvalidRequest(tooDeep, "grammar"));
        }

        if (request.Tools.Select(static tool => tool.Parameters).Append(request.Format?.Schema).OfType<JsonElement>().Select(SchemaLimits.Check).FirstOrDefault(static reason => reason is not null) is { } tooLarge)
        {
            return (null, new InferenceFailure.InvalidRequest(tooLarge));
        }

        return SelectTools(request, out var unknown) is { } selected ? (prepared with { Request = selected }, null) : (null, unknown);
    }

    private ToolCallRules RulesOf(CatalogModel model) => new(server.RepairsToolCalls(model.Name.Display), server.ToolCallLoopLimit(model.Name.Display));

    private InferenceFailure? Failure(InferenceRequest request, CatalogModel model) =>
        (request.Deferred is InferenceFailure.InvalidRequest contradictory ? contradictory : null)
        ?? CapabilityFailure(request, model)
        ?? request.Deferred
        ?? MediaCapabilityFailure(request, model.Facts);

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

    /// <summary>Returns why a request's images or audio files cannot be used; null if they can. The engine reads only some formats, and it would fetch any URL.</summary>
    private static InferenceFailure? MediaFailure(PreparedRequest prepared)
    {
        foreach (var part in prepared.Request.Messages.SelectMany(static message => message.Parts))
        {
            if (part is not ContentPart.Text && MediaFailure(part, prepared) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    /// <summary>Returns why the model does not accept a request's images or audio files, whatever they contain; null if it does. Ignores parts of other kinds.</summary>
    private static InferenceFailure.Unsupported? MediaCapabilityFailure(InferenceRequest request, ModelFacts facts) =>
        request.Messages.SelectMany(static message => message.Parts).Any(part => NeededBy(part) is { } capability && !facts.Can(capability)) ? new InferenceFailure.Unsupported(NotMultimodal) : null;

    // An address is rejected for what it is, also on a model that sees.
    private static string? NeededBy(ContentPart part) => part switch
    {
        ContentPart.Audio => Capability.Audio,
        ContentPart.Image { Url: var url } when url.StartsWith("data:", StringComparison.OrdinalIgnoreCase) => Capability.Vision,
        _ => null,
    };

    private static InferenceFailure? MediaFailure(ContentPart part, PreparedRequest prepared)
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

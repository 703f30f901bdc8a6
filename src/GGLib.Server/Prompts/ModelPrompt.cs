using System.Collections.Concurrent;
using System.Text.Json;
using GGLib.Catalog;
using GGLib.Catalog.Templates;
using GGLib.Gguf;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.EngineRequests;
using GGLib.Server.Inference;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;

namespace GGLib.Server.Prompts;

/// <summary>Chooses how a conversation reaches a model: by its Jinja template in the engine, or by the Go template in force, which is rendered here.</summary>
internal static class ModelPrompt
{
    private const int MostParsed = 64;

    // Parsed once each; a model's template is asked for at every request.
    private static readonly ConcurrentDictionary<string, GoTemplate?> Parsed = new(StringComparer.Ordinal);

    /// <summary>A conversation.</summary>
    /// <param name="model">The model.</param>
    /// <param name="messages">The whole conversation.</param>
    /// <param name="tools">The tools as the client sent them, or null.</param>
    /// <param name="before">Tokens of an earlier answer; none as a rule.</param>
    /// <param name="fields">What else the client asked for.</param>
    /// <param name="options">Its options.</param>
    /// <param name="clock">The clock that templates may ask.</param>
    public static IPrompt Of(
        CatalogModel model, IReadOnlyList<ChatMessage> messages, JsonElement? tools, IReadOnlyList<int> before, InferenceFields fields, OllamaOptions options, TimeProvider clock)
    {
        var canThink = model.Facts.Can(Capability.Thinking);

        // The engine takes images on its chat endpoint alone: there the file's own template does.
        if (GoTemplateOf(model) is { } template && messages.All(static message => message.Images.Count == 0))
        {
            return new RenderedPrompt(messages, before, fields, options, canThink, ToolCallText.For(template.ToolCallMark, tools), (_, some, _) => Task.FromResult(GoPromptText.Of(template, some, tools, fields.Think, canThink, clock)));
        }

        var thinkingSwitch = canThink ? model.Facts.ThinkingSwitch ?? ChatTranslation.UsualSwitch : null;
        return before.Count == 0
            ? new ChatPrompt(messages, tools, fields, options, thinkingSwitch)
            : new RenderedPrompt(messages, before, fields, options, canThink, calls: null, (runner, some, cancellation) =>
                EngineText.ApplyTemplateAsync(runner, ChatTranslation.Compose(some, tools, fields, options, thinkingSwitch, runner.ContextLength), cancellation));
    }

    /// <summary>A gap to fill in: by the Go template in force when it can, else by the engine.</summary>
    public static IPrompt OfGap(CatalogModel model, string before, string after, InferenceFields fields, OllamaOptions options, TimeProvider clock) =>
        GoTemplateOf(model) is { } template && template.Mentions("Suffix")
            ? new RenderedPrompt([], [], fields, options, canThink: false, calls: null, (_, _, _) => Task.FromResult(GoPromptText.OfGap(template, before, after, clock)))
            : new PlainPrompt("/infill", before, runner => CompletionTranslation.Infill(before, after, fields, options, runner.ContextLength));

    /// <summary>The Go template in force, or null.</summary>
    public static GoTemplate? GoTemplateOf(CatalogModel model)
    {
        if (model.TemplateInForce is not { } text || TemplateDialect.Of(text) is not TemplateLanguage.Go)
        {
            return null;
        }

        if (Parsed.Count > MostParsed)
        {
            // Only requests that bring templates of their own can make so many.
            Parsed.Clear();
        }

        return Parsed.GetOrAdd(text, static source => GoTemplate.Parse(source).Template);
    }
}

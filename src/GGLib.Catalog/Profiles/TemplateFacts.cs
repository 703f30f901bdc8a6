using GGLib.Catalog.Templates;
using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>What a model can do under the template that is stored with it.</summary>
internal static class TemplateFacts
{
    /// <summary>The stored template when it is Jinja, which llama-server is started with; else null.</summary>
    public static string? JinjaOf(ModelProfile profile) => profile.Template is { } text && TemplateDialect.Of(text) is TemplateLanguage.Jinja ? text : null;

    /// <summary>The facts as the template in force makes them, with what the model is said to be able to do; the same facts when nothing is stored.</summary>
    public static ModelFacts Under(ModelProfile profile, ModelFacts facts) =>
        profile.Stated?.Capabilities is { } stated ? ByTemplate(profile, facts) with { Capabilities = stated } : ByTemplate(profile, facts);

    private static ModelFacts ByTemplate(ModelProfile profile, ModelFacts facts)
    {
        if (profile.Template is not { } text || (profile.PrefersFileTemplate && facts.ChatTemplate is not null) || !facts.Can(Capability.Completion))
        {
            return facts;
        }

        if (TemplateDialect.Of(text) is TemplateLanguage.Jinja)
        {
            return facts.JudgedBy(text);
        }

        return GoTemplate.Parse(text).Template is { } template
            ? facts.JudgedBy(
                tools: template.Mentions("Tools"),
                insert: template.Mentions("Suffix") || facts.Can(Capability.Insert),
                thinking: template.Mentions("Think") || template.Mentions("IsThinkSet") || template.Mentions("Thinking"))
            : facts;
    }
}

namespace GGLib.Catalog.Templates;

/// <summary>The language a chat template is written in.</summary>
public enum TemplateLanguage
{
    /// <summary>Go's text/template, as Ollama's <c>TEMPLATE</c> has it. Plain text is such a template too.</summary>
    Go,

    /// <summary>Jinja, as GGUF files carry it.</summary>
    Jinja,
}

using System.Text.RegularExpressions;

namespace GGLib.Gguf;

/// <summary>Reads from a chat template whether its model thinks, and what the template lets a client say about it.</summary>
internal static partial class ThinkingRules
{
    /// <param name="template">The chat template; empty when there is none.</param>
    /// <param name="architecture">The model's architecture: gpt-oss thinks even where a file has lost its template.</param>
    public static (ThinkingKind Kind, string? Switch) Of(string template, string architecture)
    {
        var name = Has(template, "enable_thinking") ? "enable_thinking" : ThinkingVariable().IsMatch(template) ? "thinking" : null;
        if (architecture is "gpt-oss" or "gptoss" || Has(template, "reasoning_effort"))
        {
            return (ThinkingKind.Levels, name);
        }

        return name is not null ? (ThinkingKind.Switch, name) : (Thinks(template) ? ThinkingKind.Always : ThinkingKind.None, null);
    }

    // Qwen, DeepSeek and many more; Mistral's Magistral; Cohere's Command.
    private static bool Thinks(string template) =>
        (Has(template, "<think>") && Has(template, "</think>"))
        || Has(template, "split('</think>')") || Has(template, "split(\"</think>\")")
        || (Has(template, "[THINK]") && Has(template, "[/THINK]"))
        || (Has(template, "<|START_THINKING|>") && Has(template, "<|END_THINKING|>"))
        || OpensThinking(template);

    // OLMo and others only begin every answer with the tag and leave it to the model to close it.
    private static bool OpensThinking(string template) =>
        template.LastIndexOf("add_generation_prompt", StringComparison.Ordinal) is >= 0 and var prompt
        && template.AsSpan(prompt).Contains("<think>", StringComparison.Ordinal);

    private static bool Has(string template, string text) => template.Contains(text, StringComparison.Ordinal);

    // A bare variable in a statement, as Granite and DeepSeek 3.1 have it; not message.thinking, and not the word in a text.
    [GeneratedRegex("""\{%-?\s*(?:el)?if\s+(?:not\s+)?thinking\b(?!\s*[.(\[])|(?<![\w.])thinking\s+is\s+(?:not\s+)?defined\b""", RegexOptions.CultureInvariant)]
    private static partial Regex ThinkingVariable();
}

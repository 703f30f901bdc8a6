using System.Text.Json;

namespace GGLib.Catalog.Templates;

/// <summary>What a prompt is made of. The JSON elements must live as long as the rendering.</summary>
public sealed record TemplateInput
{
    /// <summary>The conversation, oldest first; a system prompt is its first message.</summary>
    public IReadOnlyList<TemplateMessage> Messages { get; init; } = [];

    /// <summary>The tools as the request has them: objects with <c>type</c> and <c>function</c>. Fields of another type than Ollama's count as absent.</summary>
    public IReadOnlyList<JsonElement> Tools { get; init; } = [];

    /// <summary>The text before the gap; only used together with <see cref="Suffix"/>.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>The text after the gap. With it and <see cref="Prompt"/> the messages are not used: the template is to fill in.</summary>
    public string Suffix { get; init; } = "";

    /// <summary>Whether the model is to think.</summary>
    public bool Think { get; init; }

    /// <summary>How much, where the request says <c>low</c>, <c>medium</c> or <c>high</c>; else empty.</summary>
    public string ThinkLevel { get; init; } = "";

    /// <summary>Whether the request said anything about thinking.</summary>
    public bool IsThinkSet { get; init; }

    /// <summary>The clock and time zone of <c>currentDate</c>.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

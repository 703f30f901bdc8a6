namespace GGLib.Server.Pipeline.Messages;

/// <summary>The conversations that a model's template, as the engine applies it, renders completely and in order. Immutable. Source: <see cref="TemplateProbe"/>.</summary>
internal sealed record TemplateTraits
{
    /// <summary>A template that accepts every conversation.</summary>
    public static TemplateTraits AcceptsAll { get; } = new();

    /// <summary>A system message at the start.</summary>
    public bool AcceptsSystem { get; init; } = true;

    /// <summary>Several system messages at the start.</summary>
    public bool AcceptsSeveralSystem { get; init; } = true;

    /// <summary>A system message after another message.</summary>
    public bool AcceptsMidSystem { get; init; } = true;

    /// <summary>Two user messages in a row.</summary>
    public bool AcceptsConsecutiveUsers { get; init; } = true;

    /// <summary>Two assistant messages in a row. At the end of a conversation they are joined in any case: the engine continues only one message.</summary>
    public bool AcceptsConsecutiveAssistants { get; init; } = true;

    /// <summary>An assistant message before the first user message.</summary>
    public bool AcceptsAssistantFirst { get; init; } = true;

    /// <summary>A conversation without a user message.</summary>
    public bool AcceptsNoUser { get; init; } = true;

    /// <summary>Tool calls and results. When false, the other traits of tools have no meaning.</summary>
    public bool AcceptsTools { get; init; } = true;

    /// <summary>The arguments of a call whose result follows it. When false, the model would see results of calls that it cannot see.</summary>
    public bool ShowsCalls { get; init; } = true;

    /// <summary>A user message directly after a tool result.</summary>
    public bool AcceptsUserAfterTool { get; init; } = true;

    /// <summary>A tool call without a result, followed by a user message.</summary>
    public bool AcceptsOpenCalls { get; init; } = true;

    /// <summary>A tool call at the end of the conversation.</summary>
    public bool AcceptsFinalCalls { get; init; } = true;

    /// <summary>A tool result that answers no call.</summary>
    public bool AcceptsOrphanResults { get; init; } = true;

    /// <summary>A user or assistant message between a tool call and its result.</summary>
    public bool AcceptsLateResults { get; init; } = true;

    /// <summary>Several tool calls in one message.</summary>
    public bool AcceptsParallelCalls { get; init; } = true;

    /// <summary>Ids of tool calls in any form. When false, only ids of nine letters and digits, as Mistral's templates demand.</summary>
    public bool AcceptsCallIds { get; init; } = true;
}

namespace GGLib.Server.Requests;

/// <summary>Whether and which tools the model calls. Immutable.</summary>
/// <param name="Mode">Whether a call is allowed or forced.</param>
/// <param name="Names">The only tools that may be called; null for all.</param>
internal sealed record ToolChoice(ToolChoiceMode Mode, IReadOnlyList<string>? Names = null)
{
    public static ToolChoice Auto { get; } = new(ToolChoiceMode.Auto);

    public static ToolChoice None { get; } = new(ToolChoiceMode.None);

    public static ToolChoice Required { get; } = new(ToolChoiceMode.Required);

    /// <summary>Forces a call of one tool.</summary>
    public static ToolChoice Of(string name) => new(ToolChoiceMode.Required, [name]);
}

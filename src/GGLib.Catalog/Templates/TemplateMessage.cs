namespace GGLib.Catalog.Templates;

/// <summary>One message of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c>, or what else the template knows.</param>
/// <param name="Content">What was said. Marks for images are put in by the caller.</param>
public sealed record TemplateMessage(string Role, string Content)
{
    /// <summary>What the assistant thought before it answered.</summary>
    public string Thinking { get; init; } = "";

    /// <summary>The tools the assistant called.</summary>
    public IReadOnlyList<TemplateToolCall> ToolCalls { get; init; } = [];

    /// <summary>The tool whose result this is.</summary>
    public string ToolName { get; init; } = "";

    /// <summary>The call whose result this is.</summary>
    public string ToolCallId { get; init; } = "";

    /// <summary>The images, undecoded. Templates only ask whether there are any.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Images { get; init; } = [];
}

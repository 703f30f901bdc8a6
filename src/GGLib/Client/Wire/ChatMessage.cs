namespace GGLib.Client.Wire;

/// <summary>A message of a conversation.</summary>
internal sealed record ChatMessage
{
    /// <summary><c>system</c>, <c>user</c> or <c>assistant</c>.</summary>
    public string Role { get; init; } = "";

    public string Content { get; init; } = "";

    public string? Thinking { get; init; }

    /// <summary>Files as they are; base64 on the wire.</summary>
    public IReadOnlyList<byte[]>? Images { get; init; }
}

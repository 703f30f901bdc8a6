namespace GGLib.Server.Requests;

/// <summary>One message of a conversation. Immutable.</summary>
internal sealed record ChatMessage
{
    /// <summary><c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>, lower case; other roles are passed to the template as they are. Readers map <c>developer</c> to <c>system</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Text, images and audio in order. Empty for a message that only calls tools.</summary>
    public IReadOnlyList<ContentPart> Parts { get; init; } = [];

    /// <summary>The assistant's thinking as the client sent it back; empty for none.</summary>
    public string Thinking { get; init; } = "";

    /// <summary>Calls that the assistant made in this message.</summary>
    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>The tool whose result this is; empty when the client names only the call.</summary>
    public string ToolName { get; init; } = "";

    /// <summary>The id of the call whose result this is; empty when the client names only the tool.</summary>
    public string ToolCallId { get; init; } = "";

    /// <summary>Further properties of the message, sent to the engine as they are.</summary>
    public IReadOnlyList<ForwardedField> Forwarded { get; init; } = [];

    /// <summary>The text parts, joined with line feeds.</summary>
    public string Text => Parts switch
    {
        [] => "",
        [ContentPart.Text { Value: var only }] => only,
        _ => string.Join('\n', Parts.OfType<ContentPart.Text>().Select(static part => part.Value)),
    };

    /// <summary>Images and audio files in the message.</summary>
    public int MediaCount => Parts.Count(static part => part is not ContentPart.Text);

    public static ChatMessage Of(string role, string text) => new() { Role = role, Parts = ContentPart.Of(text) };
}

using System.Text.Json;

namespace GGLib.Server.Endpoints.Ollama.Requests;

/// <summary>One message of a chat as Ollama's API has it.</summary>
internal sealed record ChatMessage
{
    /// <summary>Lower-cased; a message without one is the user's.</summary>
    public required string Role { get; init; }

    public string Content { get; init; } = "";

    /// <summary>What the assistant thought, carried back.</summary>
    public string Thinking { get; init; } = "";

    /// <summary>Images and sounds.</summary>
    public IReadOnlyList<byte[]> Images { get; init; } = [];

    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>The tool whose result this is.</summary>
    public string ToolName { get; init; } = "";

    /// <summary>The call whose result this is.</summary>
    public string ToolCallId { get; init; } = "";

    /// <summary>Reads one message; what is wrong with it is noted at the request.</summary>
    public static ChatMessage Read(JsonElement value, GoObject request)
    {
        // Ollama's messages name the type it decodes into, not the one it documents.
        var message = new GoObject(value, "Alias");
        var read = new ChatMessage
        {
            Role = message.String("role") is { Length: > 0 } role ? role.ToLowerInvariant() : "user",
            Content = message.String("content"),
            Thinking = message.String("thinking"),
            Images = ImageField.Read(message, "Alias"),
            ToolCalls = [.. message.Array("tool_calls", "[]api.ToolCall").Select(call => ToolCall.Read(call, message))],
            ToolName = message.String("tool_name"),
            ToolCallId = message.String("tool_call_id"),
        };
        if (message.Error is { } error)
        {
            request.Fail(error);
        }

        return read;
    }
}

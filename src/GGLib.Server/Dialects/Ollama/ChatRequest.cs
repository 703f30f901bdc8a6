using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary><c>POST /api/chat</c>. Source: Ollama's <c>docs/api.md</c>.</summary>
internal sealed record ChatRequest
{
    public required InferenceFields Common { get; init; }

    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>The tools, passed on as they are so that no keyword of their schemas is lost; null when there are none.</summary>
    public required JsonElement? Tools { get; init; }

    public static ChatRequest? Read(JsonElement value, out string? error)
    {
        var request = new GoObject(value, "ChatRequest");
        var read = new ChatRequest
        {
            Common = InferenceFields.Read(request),
            Messages = [.. request.Array("messages", "[]api.Message").Select(message => ChatMessage.Read(message, request))],
            Tools = request.Array("tools", "api.Tools").Count > 0 ? request.Raw("tools") : null,
        };
        error = request.Error;
        return error is null ? read : null;
    }
}

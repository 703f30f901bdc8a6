using GGLib.Catalog;
using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline;

/// <summary>Puts the system prompt and the messages stored with a model before a conversation.</summary>
internal static class StoredMessages
{
    /// <summary>The conversation with the stored system prompt, unless it starts with one, and the stored messages, unless it continues an earlier answer.</summary>
    public static IReadOnlyList<ChatMessage> Before(ModelProfile profile, InferenceRequest request)
    {
        if (request.Messages.Count == 0 || (profile.System is null && profile.Messages.IsEmpty))
        {
            return request.Messages;
        }

        // The client's own system prompt stays first; stored messages follow it, as Ollama orders them.
        var bringsSystem = request.Messages is [{ Role: "system" }, ..];
        var stored = request.EarlierTokens.Count > 0 ? [] : profile.Messages.Select(static message => ChatMessage.Of(message.Role, message.Content));
        IEnumerable<ChatMessage> system = bringsSystem || string.IsNullOrEmpty(profile.System) ? [] : [ChatMessage.Of("system", profile.System)];
        return request.PutsSystemFirst && bringsSystem
            ? [request.Messages[0], .. stored, .. request.Messages.Skip(1)]
            : [.. system, .. stored, .. request.Messages];
    }
}

using GGLib.Catalog;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.Requests;

namespace GGLib.Server.Prompts;

/// <summary>The messages a model gets: the request's, with what is stored with the model in front of them.</summary>
internal static class Conversation
{
    /// <summary>Of a chat: the model's system prompt unless the first message is one, the stored messages, the request's.</summary>
    public static IReadOnlyList<ChatMessage> OfChat(ModelProfile profile, IReadOnlyList<ChatMessage> messages)
    {
        var before = Before(profile, messages is [{ Role: "system" }, ..]);
        return before.Count == 0 ? messages : [.. before, .. messages];
    }

    /// <summary>What goes before a chat's messages.</summary>
    /// <param name="profile">What is stored with the model.</param>
    /// <param name="bringsSystem">Whether the chat's first message is a system prompt: the stored one stays out then.</param>
    public static IReadOnlyList<ChatMessage> Before(ModelProfile profile, bool bringsSystem) => [.. System(bringsSystem ? null : profile.System), .. Stored(profile)];

    /// <summary>Of a prompt: the request's system prompt or the model's, the stored messages unless there is an earlier answer, the prompt.</summary>
    public static IReadOnlyList<ChatMessage> OfPrompt(ModelProfile profile, GenerateRequest request) =>
    [
        .. System(request.System.Length > 0 ? request.System : profile.System),
        .. request.Context.Count > 0 ? [] : Stored(profile),
        new ChatMessage { Role = "user", Content = request.Prompt, Images = request.Images },
    ];

    private static IEnumerable<ChatMessage> System(string? text) => string.IsNullOrEmpty(text) ? [] : [new ChatMessage { Role = "system", Content = text }];

    private static IEnumerable<ChatMessage> Stored(ModelProfile profile) => profile.Messages.Select(static message => new ChatMessage { Role = message.Role, Content = message.Content });
}

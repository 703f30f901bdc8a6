using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline.Messages;

/// <summary>Fits the sequence of roles to a template. Pure.</summary>
internal static class RoleFitting
{
    public static List<ChatMessage> Fit(List<ChatMessage> messages, TemplateTraits traits, RewriteLog log) =>
        JoinSameRoles(AddUser(messages, traits, log), traits, log);

    private static List<ChatMessage> AddUser(List<ChatMessage> messages, TemplateTraits traits, RewriteLog log)
    {
        var first = messages.FindIndex(static message => message.Role is not "system");
        var isMissing = first >= 0 && messages[first].Role is "assistant" && !traits.AcceptsAssistantFirst;
        if (!isMissing && messages.Count > 0 && (traits.AcceptsNoUser || messages.Exists(static message => message.Role is "user")))
        {
            return messages;
        }

        log.Add(MessageRewrite.MissingUser);
        var completed = new List<ChatMessage>(messages);
        completed.Insert(first < 0 ? messages.Count : first, new() { Role = "user" });
        return completed;
    }

    private static List<ChatMessage> JoinSameRoles(List<ChatMessage> messages, TemplateTraits traits, RewriteLog log)
    {
        var lastOther = messages.FindLastIndex(static message => message.Role is not "assistant");
        var joined = new List<ChatMessage>(messages.Count);
        for (var index = 0; index < messages.Count; index++)
        {
            var message = messages[index];
            switch (message.Role, joined is [.., { Role: var role }] ? role : null)
            {
                case ("user", "user") when !traits.AcceptsConsecutiveUsers:
                    log.Add(MessageRewrite.ConsecutiveUsers);
                    joined[^1] = MessageText.Join(joined[^1], message);
                    break;
                case ("user", "tool") when !traits.AcceptsUserAfterTool:
                    log.Add(MessageRewrite.UserAfterTool);
                    joined.Add(ChatMessage.Of("assistant", MessageText.Acknowledged));
                    joined.Add(message);
                    break;
                // The engine continues one message only, whatever the template accepts.
                case ("assistant", "assistant") when !traits.AcceptsConsecutiveAssistants || index > lastOther:
                    log.Add(MessageRewrite.ConsecutiveAssistants);
                    joined[^1] = MessageText.Join(joined[^1], message);
                    break;
                default:
                    joined.Add(message);
                    break;
            }
        }

        return joined;
    }
}

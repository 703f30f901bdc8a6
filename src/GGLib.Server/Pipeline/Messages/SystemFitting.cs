using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline.Messages;

/// <summary>
/// Fits system messages to a template. Each one stays at its place, so that the rendered conversation up to it is the same as before it arrived. Where it goes depends on earlier messages only. Pure.
/// </summary>
internal static class SystemFitting
{
    /// <summary>Removes system messages without content where they could not stay.</summary>
    public static List<ChatMessage> DropBlank(List<ChatMessage> messages, TemplateTraits traits, RewriteLog log)
    {
        var kept = new List<ChatMessage>(messages.Count);
        foreach (var message in messages)
        {
            if (message.Role is "system" && MessageText.IsBlank(message))
            {
                var isLeading = kept.TrueForAll(static earlier => earlier.Role is "system");
                var stays = isLeading ? traits.AcceptsSystem && (kept.Count == 0 || traits.AcceptsSeveralSystem) : traits.AcceptsMidSystem;
                if (!stays)
                {
                    log.Add(isLeading ? MessageRewrite.LeadingSystem : MessageRewrite.MidSystem);
                    continue;
                }
            }

            kept.Add(message);
        }

        return kept;
    }

    /// <summary>Rewrites the system messages that the template does not accept at their place.</summary>
    public static List<ChatMessage> Fit(List<ChatMessage> messages, TemplateTraits traits, RewriteLog log)
    {
        var fitted = new List<ChatMessage>(messages.Count);
        var isLeading = true;
        // Whether the last message exists only because of a system message: then a user message that follows joins it.
        var isReminder = false;
        foreach (var message in messages)
        {
            var isSystem = message.Role is "system";
            isLeading &= isSystem;
            switch (message.Role)
            {
                case "system" when isLeading && !traits.AcceptsSystem:
                    log.Add(MessageRewrite.LeadingSystem);
                    Place(fitted, message, message.Parts, ref isReminder);
                    break;
                case "system" when isLeading && fitted.Count > 0 && !traits.AcceptsSeveralSystem:
                    log.Add(MessageRewrite.LeadingSystem);
                    fitted[^1] = MessageText.Join(fitted[^1], message);
                    break;
                case "system" when !isLeading && !traits.AcceptsMidSystem:
                    log.Add(MessageRewrite.MidSystem);
                    Place(fitted, message, MessageText.Reminder(message), ref isReminder);
                    break;
                case "user" when isReminder:
                    fitted[^1] = MessageText.Join(fitted[^1], message);
                    isReminder = false;
                    break;
                default:
                    fitted.Add(message);
                    isReminder = false;
                    break;
            }
        }

        return fitted;
    }

    // In a tool result rather than behind it: templates that keep the thinking since the last user message would drop it, and others do not accept a user message there.
    private static void Place(List<ChatMessage> fitted, ChatMessage system, IReadOnlyList<ContentPart> parts, ref bool isReminder)
    {
        if (fitted is [.., { Role: "user" or "tool" } previous])
        {
            fitted[^1] = MessageText.Append(previous, parts);
        }
        else
        {
            fitted.Add(system with { Role = "user", Parts = parts });
            isReminder = true;
        }
    }
}

using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline.Messages;

/// <summary>
/// Rewrites a conversation that a model's template rejects, reorders or drops parts of. Every text is kept at its place, and messages that come later change nothing before the last message, so that the prompt cache stays valid. Pure.
/// </summary>
internal static class MessageFitting
{
    /// <summary>
    /// Whether some template may not accept the conversation. False for the usual one, an optional system message and then user and assistant messages in turns: it needs neither traits nor fitting.
    /// </summary>
    public static bool NeedsTraits(IReadOnlyList<ChatMessage> messages)
    {
        var start = messages is [{ Role: "system" }, ..] ? 1 : 0;
        for (var index = start; index < messages.Count; index++)
        {
            var message = messages[index];
            var expected = (index - start) % 2 == 0 ? "user" : "assistant";
            if (message.Role != expected || message.ToolCalls.Count > 0)
            {
                return true;
            }
        }

        return messages.Count == 1 && start == 1;
    }

    /// <summary>Fits a conversation to a template.</summary>
    /// <param name="messages">The conversation. It is not changed.</param>
    /// <param name="traits">What the template accepts.</param>
    /// <returns>A conversation that the template accepts. Fitting it again changes nothing.</returns>
    public static FittedMessages Fit(IReadOnlyList<ChatMessage> messages, TemplateTraits traits)
    {
        if (messages.Count == 0 || (!NeedsTraits(messages) && traits.AcceptsSystem))
        {
            return new(messages, []);
        }

        var log = new RewriteLog();
        var fitted = SystemFitting.DropBlank([.. messages], traits, log);
        fitted = ToolFitting.Fit(fitted, traits, log);
        fitted = SystemFitting.Fit(fitted, traits, log);
        fitted = RoleFitting.Fit(fitted, traits, log);
        return log.Rewrites is { Count: > 0 } rewrites ? new(fitted, rewrites) : new(messages, []);
    }
}

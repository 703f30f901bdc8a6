using GGLib.Server.Pipeline.Messages;
using GGLib.Server.Requests;

namespace GGLib.Tests.Server.Pipeline.Messages;

/// <summary>The meaning of <see cref="TemplateTraits"/>, written independently of the fitting: why a template with these traits does not accept a conversation.</summary>
internal static class AcceptedConversations
{
    /// <summary>The first reason; null when the conversation is accepted.</summary>
    public static string? Problem(IReadOnlyList<ChatMessage> messages, TemplateTraits traits)
    {
        var leading = messages.TakeWhile(static message => message.Role == "system").Count();
        if (leading > 0 && !traits.AcceptsSystem)
        {
            return "system";
        }

        if (leading > 1 && !traits.AcceptsSeveralSystem)
        {
            return "several system";
        }

        if (!traits.AcceptsMidSystem && messages.Skip(leading).Any(static message => message.Role == "system"))
        {
            return "mid system";
        }

        if (!traits.AcceptsNoUser && messages.All(static message => message.Role != "user"))
        {
            return "no user";
        }

        if (!traits.AcceptsAssistantFirst && leading < messages.Count && messages[leading].Role == "assistant")
        {
            return "assistant first";
        }

        for (var index = 1; index < messages.Count; index++)
        {
            var problem = (messages[index - 1].Role, messages[index].Role) switch
            {
                ("user", "user") when !traits.AcceptsConsecutiveUsers => "consecutive users",
                ("assistant", "assistant") when !traits.AcceptsConsecutiveAssistants || index == messages.Count - 1 => "consecutive assistants",
                ("tool", "user") when traits.AcceptsTools && !traits.AcceptsUserAfterTool => "user after tool",
                _ => null,
            };
            if (problem is not null)
            {
                return problem + " at " + index;
            }
        }

        return ToolProblem(messages, traits);
    }

    private static string? ToolProblem(IReadOnlyList<ChatMessage> messages, TemplateTraits traits)
    {
        if (!traits.AcceptsTools)
        {
            return messages.Any(static message => message.Role == "tool" || message.ToolCalls.Count > 0) ? "tools" : null;
        }

        var answered = new HashSet<(int, string)>();
        for (var index = 0; index < messages.Count; index++)
        {
            var message = messages[index];
            if (message.ToolCalls.Count > 1 && !traits.AcceptsParallelCalls)
            {
                return "parallel calls";
            }

            var ids = message.Role == "tool" ? [message.ToolCallId] : message.ToolCalls.Select(static call => call.Id);
            if (!traits.AcceptsCallIds && ids.Any(static id => id.Length != 9 || !id.All(char.IsAsciiLetterOrDigit)))
            {
                return "call ids";
            }

            if (message.Role != "tool")
            {
                continue;
            }

            // The assistant messages before the result, then among them the one with its call.
            var last = index;
            while (last >= 0 && messages[last].Role != "assistant")
            {
                last--;
            }

            var calling = last;
            while (calling >= 0 && messages[calling].Role == "assistant" && messages[calling].ToolCalls.All(call => call.Id != message.ToolCallId || answered.Contains((calling, call.Id))))
            {
                calling--;
            }

            if (calling < 0 || messages[calling].Role != "assistant")
            {
                if (!traits.AcceptsOrphanResults)
                {
                    return "orphan result";
                }

                continue;
            }

            answered.Add((calling, message.ToolCallId));
            while (messages[last].ToolCalls.Count == 0)
            {
                last--;
            }

            var between = messages.Take(index).Skip(last + 1).Select(static other => other.Role).ToList();
            if (((!traits.AcceptsLateResults || !traits.AcceptsUserAfterTool) && between.Exists(static role => role is "user" or "system" or "assistant"))
                || (!traits.AcceptsMidSystem && between.Contains("system"))
                || ((!traits.AcceptsConsecutiveAssistants || !traits.AcceptsOpenCalls) && between.Contains("assistant")))
            {
                return "late result";
            }
        }

        for (var index = 0; index < messages.Count; index++)
        {
            if (messages[index].ToolCalls.Any(call => !answered.Contains((index, call.Id))))
            {
                if (index == messages.Count - 1 ? !traits.AcceptsFinalCalls : !traits.AcceptsOpenCalls)
                {
                    return "open call";
                }
            }
        }

        return null;
    }
}

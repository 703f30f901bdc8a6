using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline.Messages;

/// <summary>Moves tool results to the calls that they answer. Pure.</summary>
internal static class ToolResultOrder
{
    /// <summary>
    /// Sorts adjacent results by their calls: agents send results as their tools finish, but most templates render no ids, and the model takes the first result for that of the first call. A result
    /// without a call keeps its place.
    /// </summary>
    public static List<ChatMessage> Sort(List<ChatMessage> messages, RewriteLog log)
    {
        CallMatching? calls = null;
        var sorted = messages;
        for (var start = 0; start < messages.Count; start++)
        {
            var end = start;
            while (end < messages.Count && messages[end].Role is "tool")
            {
                end++;
            }

            if (end - start < 2)
            {
                continue;
            }

            calls ??= CallMatching.Of(messages);
            int[] places = [.. Enumerable.Range(start, end - start).Where(index => calls.CallOf(index) is not null)];
            int[] order = [.. places.OrderBy(index => calls.CallOf(index))];
            if (!order.AsSpan().SequenceEqual(places))
            {
                log.Add(MessageRewrite.ResultOrder);
                sorted = ReferenceEquals(sorted, messages) ? [.. messages] : sorted;
                for (var index = 0; index < places.Length; index++)
                {
                    sorted[places[index]] = messages[order[index]];
                }
            }

            start = end;
        }

        return sorted;
    }

    /// <summary>Moves results over the messages that the template does not accept between a call and its result.</summary>
    public static List<ChatMessage> MoveToCalls(List<ChatMessage> messages, TemplateTraits traits, RewriteLog log)
    {
        // An assistant message between an earlier result and the user message would end the calls before it.
        var overAll = !traits.AcceptsLateResults || !traits.AcceptsUserAfterTool || (!traits.AcceptsParallelCalls && messages.Exists(static message => message.ToolCalls.Count > 1));
        var overSystem = overAll || !traits.AcceptsMidSystem;
        // Between a call and its result, a text of the assistant is also a second message in a row, behind a call without result.
        var overAssistant = overAll || !traits.AcceptsConsecutiveAssistants || !traits.AcceptsOpenCalls;
        if (!overSystem && !overAssistant)
        {
            return messages;
        }

        var calls = CallMatching.Of(messages);
        var ordered = new List<ChatMessage>(messages.Count);
        // Where the next result that moves belongs: behind the last call and the results that follow it.
        var place = 0;
        for (var index = 0; index < messages.Count; index++)
        {
            var message = messages[index];
            if (message.Role is "tool" && calls.CallOf(index) is not null && ordered.Skip(place).Any(IsObstacle))
            {
                log.Add(MessageRewrite.LateResult);
                ordered.Insert(place, message);
                place++;
                continue;
            }

            ordered.Add(message);
            if (message.ToolCalls.Count > 0 || (message.Role is "tool" && place == ordered.Count - 1))
            {
                place = ordered.Count;
            }
        }

        return ordered;

        bool IsObstacle(ChatMessage message) => message.Role switch
        {
            "user" => overAll,
            "system" => overSystem,
            "assistant" => overAssistant,
            _ => false,
        };
    }
}

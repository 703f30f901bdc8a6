using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline.Messages;

/// <summary>Fits tool calls and results to a template. Every step returns a new list or its argument. Pure.</summary>
internal static class ToolFitting
{
    private static readonly ChatMessage AnyResult = new() { Role = "tool", Parts = ContentPart.Of(MessageText.NoResult) };

    /// <summary>Fits the calls and results of a conversation.</summary>
    public static List<ChatMessage> Fit(List<ChatMessage> messages, TemplateTraits traits, RewriteLog log)
    {
        if (!messages.Exists(static message => message.Role is "tool" || message.ToolCalls.Count > 0))
        {
            return messages;
        }

        if (!traits.AcceptsTools || (!traits.ShowsCalls && messages.Exists(static message => message.ToolCalls.Count > 0)))
        {
            log.Add(MessageRewrite.ToolsAsText);
            var calls = CallMatching.Of(messages);
            return [.. messages.Select((message, index) => message.Role is "tool" ? MessageText.ResultAsUser(message, NameOf(messages, calls, index)) : MessageText.CallsAsText(message))];
        }

        messages = JoinCalls(messages, traits, log);
        messages = OrphansAsText(messages, traits, log);
        messages = ToolResultOrder.MoveToCalls(messages, traits, log);
        messages = SplitCalls(messages, traits, log);
        messages = AnswerCalls(messages, traits, log);
        messages = ToolResultOrder.Sort(messages, log);
        return traits.AcceptsCallIds ? messages : CallIds.Fit(messages, log);
    }

    // Some clients send each of several calls as an assistant message of its own. What is split afterwards is joined first, so that each call is followed by its result.
    private static List<ChatMessage> JoinCalls(List<ChatMessage> messages, TemplateTraits traits, RewriteLog log)
    {
        if (traits.AcceptsConsecutiveAssistants && !IsSplit(messages, traits))
        {
            return messages;
        }

        var joined = new List<ChatMessage>(messages.Count);
        // The last message with calls, if only assistant messages follow it.
        var calling = -1;
        foreach (var message in messages)
        {
            calling = message.Role is "assistant" ? calling : -1;
            if (message.ToolCalls.Count == 0)
            {
                joined.Add(message);
                continue;
            }

            if (calling < 0)
            {
                calling = joined.Count;
                joined.Add(message);
                continue;
            }

            log.Add(MessageRewrite.ConsecutiveAssistants);
            joined[calling] = joined.Skip(calling).Append(message).Aggregate(MessageText.Join);
            joined.RemoveRange(calling + 1, joined.Count - calling - 1);
        }

        return joined;
    }

    private static List<ChatMessage> OrphansAsText(List<ChatMessage> messages, TemplateTraits traits, RewriteLog log)
    {
        if (traits.AcceptsOrphanResults)
        {
            return messages;
        }

        var calls = CallMatching.Of(messages);
        return messages.ConvertAllIndexed((message, index) =>
        {
            if (message.Role is not "tool" || calls.CallOf(index) is not null)
            {
                return message;
            }

            log.Add(MessageRewrite.OrphanResult);
            return MessageText.ResultAsUser(message, message.ToolName);
        });
    }

    private static List<ChatMessage> SplitCalls(List<ChatMessage> messages, TemplateTraits traits, RewriteLog log)
    {
        if (!IsSplit(messages, traits))
        {
            return messages;
        }

        log.Add(MessageRewrite.ParallelCalls);
        var calls = CallMatching.Of(messages);
        var results = Enumerable.Range(0, messages.Count).Where(index => calls.CallOf(index) is { } call && messages[call.Message].ToolCalls.Count > 1)
            .ToDictionary(index => calls.CallOf(index)!.Value, index => messages[index]);
        var split = new List<ChatMessage>(messages.Count);
        for (var index = 0; index < messages.Count; index++)
        {
            var message = messages[index];
            if (message.ToolCalls.Count < 2)
            {
                if (calls.CallOf(index) is not { } call || !results.ContainsKey(call))
                {
                    split.Add(message);
                }

                continue;
            }

            var next = Enumerable.Range(index + 1, messages.Count - index - 1).FirstOrDefault(other => calls.CallOf(other)?.Message != index, index);
            for (var call = 0; call < message.ToolCalls.Count; call++)
            {
                split.Add(call == 0 ? message with { ToolCalls = [message.ToolCalls[0]] } : new() { Role = "assistant", ToolCalls = [message.ToolCalls[call]] });
                if (results.TryGetValue((index, call), out var result))
                {
                    split.Add(result);
                }
                else if (call < message.ToolCalls.Count - 1 || (next > index && messages[next].Role is "assistant"))
                {
                    log.Add(MessageRewrite.OpenCall);
                    split.Add(NoResultOf(message.ToolCalls[call]));
                }
            }
        }

        return split;
    }

    private static List<ChatMessage> AnswerCalls(List<ChatMessage> messages, TemplateTraits traits, RewriteLog log)
    {
        var calls = CallMatching.Of(messages);
        var lastOther = messages.FindLastIndex(static message => message.Role is not "assistant");
        var answered = new List<ChatMessage>(messages.Count);
        var open = new List<ToolCall>();
        for (var index = 0; index < messages.Count; index++)
        {
            var message = messages[index];
            answered.Add(message);
            open.AddRange(message.ToolCalls.Where((_, call) => !calls.IsAnswered(index, call)));
            var next = index + 1 < messages.Count ? messages[index + 1].Role : null;
            // The results of adjacent assistant messages follow the last one.
            if (open.Count == 0 || next is "tool" || (message.Role is "assistant" && next is "assistant" && HasResults(messages, calls, index)))
            {
                continue;
            }

            var accepts = next switch
            {
                null when message.Role is "assistant" => traits.AcceptsFinalCalls,
                // A call in a message that the engine continues would be continued as well.
                "assistant" when message.Role is "assistant" => traits.AcceptsOpenCalls && traits.AcceptsConsecutiveAssistants && index < lastOther,
                _ => traits.AcceptsOpenCalls,
            };
            if (!accepts)
            {
                log.Add(MessageRewrite.OpenCall);
                answered.AddRange(open.Select(NoResultOf));
            }

            open.Clear();
        }

        return answered;
    }

    private static bool IsSplit(List<ChatMessage> messages, TemplateTraits traits) =>
        !traits.AcceptsParallelCalls && messages.Exists(static message => message.ToolCalls.Count > 1);

    // Whether a result answers one of the adjacent assistant messages around this one.
    private static bool HasResults(List<ChatMessage> messages, CallMatching calls, int index)
    {
        var first = messages.FindLastIndex(index, static message => message.Role is not "assistant") + 1;
        return messages.Skip(first).TakeWhile(static message => message.Role is "assistant")
            .SelectMany((message, offset) => message.ToolCalls.Select((_, call) => (Message: first + offset, Call: call)))
            .Any(call => calls.IsAnswered(call.Message, call.Call));
    }

    private static ChatMessage NoResultOf(ToolCall call) => AnyResult with { ToolCallId = call.Id, ToolName = call.Name };

    private static string NameOf(List<ChatMessage> messages, CallMatching calls, int result) =>
        messages[result].ToolName is { Length: > 0 } name ? name
        : calls.CallOf(result) is { } call ? messages[call.Message].ToolCalls[call.Call].Name
        : "";

    private static List<ChatMessage> ConvertAllIndexed(this List<ChatMessage> messages, Func<ChatMessage, int, ChatMessage> convert) => [.. messages.Select(convert)];
}

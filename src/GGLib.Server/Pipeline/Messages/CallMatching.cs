using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline.Messages;

/// <summary>Which tool result answers which call. A result answers a call of the assistant messages before it, up to the next assistant message. Immutable.</summary>
internal sealed class CallMatching
{
    private readonly Dictionary<int, (int Message, int Call)> _calls;
    private readonly HashSet<(int Message, int Call)> _answered;

    private CallMatching(Dictionary<int, (int Message, int Call)> calls)
    {
        _calls = calls;
        _answered = [.. calls.Values];
    }

    public static CallMatching Of(IReadOnlyList<ChatMessage> messages)
    {
        var matches = new Dictionary<int, (int Message, int Call)>();
        var open = new OpenCalls();
        for (var index = 0; index < messages.Count; index++)
        {
            var message = messages[index];
            if (message.Role is "assistant")
            {
                // Calls in adjacent assistant messages belong together: some clients send each call as a message of its own.
                if (index > 0 && messages[index - 1].Role is not "assistant")
                {
                    open.Clear();
                }

                for (var call = 0; call < message.ToolCalls.Count; call++)
                {
                    open.Add(index, call, message.ToolCalls[call]);
                }
            }
            else if (message.Role is "tool" && open.Take(message) is { } found)
            {
                matches[index] = found;
            }
        }

        return new(matches);
    }

    /// <summary>The call that a tool result answers, as the indexes of the message and of the call in it; null when there is none.</summary>
    public (int Message, int Call)? CallOf(int result) => _calls.TryGetValue(result, out var call) ? call : null;

    /// <summary>Whether a call has a result.</summary>
    public bool IsAnswered(int message, int call) => _answered.Contains((message, call));
}

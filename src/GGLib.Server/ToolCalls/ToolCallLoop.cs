using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.ToolCalls;

/// <summary>Finds a model that calls the same tool with the same arguments again and again. Pure.</summary>
internal static class ToolCallLoop
{
    /// <summary>Whether an answer repeats what the model did before in this turn.</summary>
    /// <param name="messages">The conversation before the answer.</param>
    /// <param name="calls">The answer's calls.</param>
    /// <param name="limit">The number of identical calls in a row, or of answers with identical calls in a row, that is a loop; 0 for no limit.</param>
    public static bool IsReached(IReadOnlyList<ChatMessage> messages, IReadOnlyList<HeldCall> calls, int limit)
    {
        if (limit == 0 || calls.Count == 0)
        {
            return false;
        }

        List<IReadOnlyList<Made>> answers = [.. AnswersOfTurn(messages), [.. calls.Select(static call => new Made(call.Name, call.Arguments))]];
        return RunOf(answers, static (one, other) => one.Count == other.Count && one.Zip(other).All(static pair => pair.First.IsSameAs(pair.Second)), stopAfter: 1) >= limit
            || RunOf([.. answers.SelectMany(static made => made)], static (one, other) => one.IsSameAs(other), stopAfter: calls.Count) >= limit;
    }

    /// <summary>
    /// Returns the calls of each answer since the model last ended a turn, oldest first. A user message between a result and the next answer does not start a turn: agents put reminders there.
    /// </summary>
    private static List<IReadOnlyList<Made>> AnswersOfTurn(IReadOnlyList<ChatMessage> messages)
    {
        var answers = new List<IReadOnlyList<Made>>();
        for (var index = messages.Count - 1; index >= 0; index--)
        {
            var message = messages[index];
            if (message.Role is not "assistant")
            {
                continue;
            }

            if (message.ToolCalls.Count > 0)
            {
                answers.Insert(0, [.. message.ToolCalls.Select(static call => new Made(call.Name, call.Arguments))]);
            }
            else if (index + 1 < messages.Count && messages[index + 1].Role is "user")
            {
                break;
            }
        }

        return answers;
    }

    /// <summary>Returns the length of the longest run of equal items that ends in one of the last <paramref name="stopAfter"/> items.</summary>
    private static int RunOf<T>(IReadOnlyList<T> items, Func<T, T, bool> areEqual, int stopAfter)
    {
        var (longest, run) = (0, 0);
        for (var index = 0; index < items.Count; index++)
        {
            run = index > 0 && areEqual(items[index - 1], items[index]) ? run + 1 : 1;
            longest = index >= items.Count - stopAfter ? Math.Max(longest, run) : 0;
        }

        return longest;
    }

    private sealed record Made(string Name, string Arguments)
    {
        // Clients may write the arguments again, with other blanks and another order of the keys.
        public bool IsSameAs(Made other) => Name == other.Name && (Arguments == other.Arguments || AreEqual(Arguments, other.Arguments));

        private static bool AreEqual(string one, string other)
        {
            try
            {
                return JsonElement.DeepEquals(JsonElement.Parse(one), JsonElement.Parse(other));
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }
}

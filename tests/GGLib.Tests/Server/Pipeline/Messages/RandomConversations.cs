using GGLib.Server.Requests;

using static GGLib.Tests.Server.Pipeline.Messages.Conversations;

namespace GGLib.Tests.Server.Pipeline.Messages;

/// <summary>Random conversations. Each text is a word of its own.</summary>
internal static class RandomConversations
{
    /// <summary>Messages of any role in any order. Results answer a call with an id, mostly.</summary>
    public static ChatMessage[] Any(Random random)
    {
        var messages = new List<ChatMessage>();
        var open = new List<string>();
        for (var count = random.Next(1, 9); count > 0; count--)
        {
            var index = messages.Count;
            var word = $"w{(char)('a' + index)}w";
            switch (random.Next(9))
            {
                case 0 or 1:
                    messages.Add(Instruction(word));
                    break;
                case 2 or 3:
                    messages.Add(User(word));
                    break;
                case 4 or 5:
                    messages.Add(Assistant(word));
                    break;
                case 6:
                    var calls = Enumerable.Range(0, random.Next(1, 3)).Select(call => $"call{index}_{call}").ToArray();
                    open.AddRange(calls);
                    messages.Add(Calls(calls) with { Parts = ContentPart.Of(random.Next(2) == 0 ? word : "") });
                    break;
                default:
                    var id = $"orphan{index}";
                    if (open.Count > 0 && random.Next(5) > 0)
                    {
                        var answered = random.Next(open.Count);
                        id = open[answered];
                        open.RemoveAt(answered);
                    }

                    messages.Add(Result(id, word));
                    break;
            }
        }

        return [.. messages];
    }

    /// <summary>An agent's session: each turn has a user message, calls with their results, and an answer, with system messages after any of them except an assistant message.</summary>
    public static ChatMessage[] Session(Random random)
    {
        var messages = new List<ChatMessage>();
        void Remind()
        {
            while (random.Next(3) == 0)
            {
                messages.Add(Instruction($"reminder{messages.Count}"));
            }
        }

        Remind();
        for (var turns = random.Next(1, 4); turns > 0; turns--)
        {
            messages.Add(User($"question{messages.Count}"));
            Remind();
            for (var steps = random.Next(3); steps > 0; steps--)
            {
                string[] ids = [.. Enumerable.Range(0, random.Next(1, 3)).Select(call => $"call{messages.Count}_{call}")];
                messages.Add(Calls(ids));
                messages.AddRange(ids.Select(static id => Result(id, "result of " + id)));
                Remind();
                if (random.Next(6) == 0)
                {
                    messages.Add(User($"interruption{messages.Count}"));
                }
            }

            messages.Add(Assistant($"answer{messages.Count}"));
        }

        return [.. messages];
    }
}

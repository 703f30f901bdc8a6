using GGLib.Server.Pipeline.Messages;
using GGLib.Server.Requests;

namespace GGLib.Tests.Server.Pipeline.Messages;

/// <summary>What holds for every conversation and every template, tried on random ones.</summary>
public sealed class MessageFittingPropertyTests
{
    private const int Cases = 4_000;

    [Fact]
    public void The_result_is_accepted_and_fitting_it_again_changes_nothing() => ForAll(static (_, messages, traits) =>
    {
        var fitted = MessageFitting.Fit(messages, traits);

        if (AcceptedConversations.Problem(fitted.Messages, traits) is { } problem)
        {
            return problem + "\n" + Conversations.Write(fitted.Messages);
        }

        var again = MessageFitting.Fit(fitted.Messages, traits);
        return again.Rewrites.Count == 0 && ReferenceEquals(again.Messages, fitted.Messages) ? null : "not idempotent: " + again.HeaderValue + "\n" + Conversations.Write(fitted.Messages);
    });

    [Fact]
    public void An_accepted_conversation_stays_as_it_is() => ForAll(static (_, messages, traits) =>
        AcceptedConversations.Problem(messages, traits) is null && MessageFitting.Fit(messages, traits) is { Rewrites.Count: > 0 } fitted ? "changed: " + fitted.HeaderValue : null);

    [Fact]
    public void Every_text_is_kept_once_and_in_order() => ForAll(static (_, messages, traits) =>
    {
        var fitted = MessageFitting.Fit(messages, traits);
        var text = Conversations.Write(fitted.Messages);
        var positions = Words(messages).Select(word => (Word: word, First: text.IndexOf(word, StringComparison.Ordinal), Last: text.LastIndexOf(word, StringComparison.Ordinal))).ToList();
        if (positions.Find(static position => position.First < 0 || position.First != position.Last) is { Word: not null } wrong)
        {
            return wrong.Word + " is not there exactly once\n" + text;
        }

        var isMoved = fitted.Rewrites.Any(static rewrite => rewrite is MessageRewrite.LateResult or MessageRewrite.ResultOrder or MessageRewrite.ParallelCalls);
        return isMoved || positions.Zip(positions.Skip(1)).All(static pair => pair.First.First < pair.Second.First) ? null : "reordered\n" + text;
    });

    [Fact]
    public void Messages_that_arrive_later_change_at_most_the_last_message() => ForAll(static (random, messages, traits) =>
    {
        // A result changes what happens to its call, and the first user message what happens to a conversation that has none.
        if (messages[0].Role is not "user" || messages.Any(static message => message.Role is "tool" || message.ToolCalls.Count > 0))
        {
            return null;
        }

        var shorter = MessageFitting.Fit(messages[..random.Next(1, messages.Length + 1)], traits).Messages;
        var longer = MessageFitting.Fit(messages, traits).Messages;
        var kept = shorter.Count - 1;
        var before = Conversations.Write(shorter.Take(kept));
        var after = Conversations.Write(longer.Take(kept));
        // The last message only grows.
        return before == after && longer.Count > kept && Grows(shorter[^1], longer[kept]) ? null : $"before:\n{Conversations.Write(shorter)}\nafter:\n{Conversations.Write(longer)}";
    });

    [Fact]
    public void A_session_with_reminders_and_tools_keeps_its_beginning()
    {
        var random = new Random(3);
        for (var number = 0; number < Cases / 4; number++)
        {
            var traits = RandomTraits(random);
            var messages = RandomConversations.Session(random);
            IReadOnlyList<ChatMessage>? earlier = null;
            // A request ends where it is the model's turn.
            for (var length = 1; length <= messages.Length; length++)
            {
                if (length < messages.Length && messages[length].Role is not "assistant")
                {
                    continue;
                }

                var fitted = MessageFitting.Fit(messages[..length], traits).Messages;
                if (earlier is not null)
                {
                    Assert.Equal(Conversations.Write(earlier), Conversations.Write(fitted.Take(earlier.Count)));
                }

                earlier = fitted;
            }
        }
    }

    // Assistant messages at the end of the shorter one are joined because the engine continues one message only.
    private static bool Grows(ChatMessage shorter, ChatMessage longer) =>
        longer.Role == shorter.Role
        && (longer.Text.StartsWith(shorter.Text, StringComparison.Ordinal) || (shorter.Role is "assistant" && shorter.Text.StartsWith(longer.Text, StringComparison.Ordinal)));

    private static void ForAll(Func<Random, ChatMessage[], TemplateTraits, string?> check)
    {
        var random = new Random(1);
        for (var number = 0; number < Cases; number++)
        {
            var messages = RandomConversations.Any(random);
            var traits = RandomTraits(random);
            if (check(random, messages, traits) is { } problem)
            {
                Assert.Fail($"{problem}\n--- case {number}, of\n{Conversations.Write(messages)}\n--- with {traits}");
            }
        }
    }

    private static TemplateTraits RandomTraits(Random random)
    {
        var strictness = random.Next(1, 4);
        bool Next() => random.Next(4) >= strictness;
        return new()
        {
            AcceptsSystem = Next(),
            AcceptsSeveralSystem = Next(),
            AcceptsMidSystem = Next(),
            AcceptsConsecutiveUsers = Next(),
            AcceptsConsecutiveAssistants = Next(),
            AcceptsAssistantFirst = Next(),
            AcceptsNoUser = Next(),
            AcceptsTools = random.Next(4) > 0,
            AcceptsUserAfterTool = Next(),
            AcceptsOpenCalls = Next(),
            AcceptsFinalCalls = Next(),
            AcceptsOrphanResults = Next(),
            AcceptsLateResults = Next(),
            AcceptsParallelCalls = Next(),
            AcceptsCallIds = Next(),
        };
    }

    private static IEnumerable<string> Words(IEnumerable<ChatMessage> messages) => messages.SelectMany(static message => message.Parts).OfType<ContentPart.Text>().Select(static part => part.Value);
}

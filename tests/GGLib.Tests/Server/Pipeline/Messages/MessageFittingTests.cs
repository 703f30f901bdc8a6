using GGLib.Server.Pipeline.Messages;
using GGLib.Server.Requests;

using static GGLib.Tests.Server.Pipeline.Messages.Conversations;

namespace GGLib.Tests.Server.Pipeline.Messages;

public sealed class MessageFittingTests
{
    private static readonly TemplateTraits All = TemplateTraits.AcceptsAll;

    /// <summary>Qwen 3.5: the system message only at the start, and at least one user message.</summary>
    private static readonly TemplateTraits SystemFirst = All with { AcceptsSeveralSystem = false, AcceptsMidSystem = false, AcceptsNoUser = false, AcceptsFinalCalls = false };

    /// <summary>Mistral: user and assistant in turns, tool messages not counted.</summary>
    private static readonly TemplateTraits Alternating = SystemFirst with
    {
        AcceptsConsecutiveUsers = false,
        AcceptsConsecutiveAssistants = false,
        AcceptsAssistantFirst = false,
        AcceptsUserAfterTool = false,
        AcceptsOpenCalls = false,
        AcceptsOrphanResults = false,
        AcceptsLateResults = false,
    };

    [Fact]
    public void The_usual_conversation_needs_no_traits_and_stays_the_same_object()
    {
        ChatMessage[] messages = [Instruction("s"), User("a"), Assistant("b"), User("c"), Assistant("d")];

        Assert.False(MessageFitting.NeedsTraits(messages));
        Assert.False(MessageFitting.NeedsTraits(messages[1..2]));
        Assert.False(MessageFitting.NeedsTraits([]));
        Assert.Same(messages, MessageFitting.Fit(messages, Alternating).Messages);
        Assert.Null(MessageFitting.Fit(messages, Alternating).HeaderValue);
    }

    [Fact]
    public void Unusual_conversations_need_traits()
    {
        Assert.True(MessageFitting.NeedsTraits([Instruction("s")]));
        Assert.True(MessageFitting.NeedsTraits([Instruction("s"), Instruction("t"), User("a")]));
        Assert.True(MessageFitting.NeedsTraits([User("a"), Instruction("s")]));
        Assert.True(MessageFitting.NeedsTraits([User("a"), User("b")]));
        Assert.True(MessageFitting.NeedsTraits([Assistant("a")]));
        Assert.True(MessageFitting.NeedsTraits([User("a"), Calls("1")]));
        Assert.True(MessageFitting.NeedsTraits([User("a"), Calls("1"), Result("1", "r")]));
    }

    [Fact]
    public void A_template_that_accepts_everything_changes_nothing()
    {
        ChatMessage[] messages = [Instruction("s"), Instruction("t"), Assistant("a"), Assistant("b"), User("c"), Instruction("d"), User("e"), Calls("1", "2"), User("f"), Result("1", "r"), Calls("3")];

        var fitted = MessageFitting.Fit(messages, All);

        Assert.Same(messages, fitted.Messages);
        Assert.Empty(fitted.Rewrites);
    }

    [Fact]
    public void A_system_message_joins_the_user_message_before_it() =>
        Expect(SystemFirst, "mid-system", "system: s\nuser: q||<system-reminder>|a, b|</system-reminder>", Instruction("s"), User("q"), Instruction("a, b"));

    [Fact]
    public void A_system_message_after_the_assistant_joins_the_user_message_after_it() => Expect(
        SystemFirst, "mid-system",
        "user: q\nassistant: a\nuser: <system-reminder>|r|</system-reminder>||next\nassistant: b",
        User("q"), Assistant("a"), Instruction("r"), User("next"), Assistant("b"));

    [Fact]
    public void A_system_message_after_the_assistant_at_the_end_becomes_a_user_message() =>
        Expect(SystemFirst, "mid-system", "user: q\nassistant: a\nuser: <system-reminder>|r|</system-reminder>", User("q"), Assistant("a"), Instruction("r"));

    [Fact]
    public void A_system_message_after_a_tool_result_joins_the_result() => Expect(
        Alternating, "mid-system",
        "user: q\nassistant: [1 f {}]\ntool: (1 f) r||<system-reminder>|9 tokens left|</system-reminder>\nassistant: [2 f {}]",
        [User("q"), Calls("1"), Result("1", "r"), Instruction("9 tokens left"), Calls("2")], alsoOpen: true);

    [Fact]
    public void A_system_message_between_a_call_and_its_result_goes_after_the_result() => Expect(
        SystemFirst, "mid-system, late-result",
        "user: q\nassistant: [1 f {}] [2 f {}]\ntool: (1 f) r1\ntool: (2 f) r2||<system-reminder>|s|</system-reminder>",
        User("q"), Calls("1", "2"), Result("1", "r1"), Instruction("s"), Result("2", "r2"));

    [Fact]
    public void Several_system_messages_at_the_start_become_one() =>
        Expect(SystemFirst, "leading-system", "system: a||b\nuser: q", Instruction("a"), Instruction("b"), User("q"));

    [Fact]
    public void Without_system_messages_the_text_starts_the_first_user_message()
    {
        var traits = All with { AcceptsSystem = false, AcceptsMidSystem = false };

        Expect(traits, "leading-system", "user: a||b||q\nassistant: x", Instruction("a"), Instruction("b"), User("q"), Assistant("x"));
        Expect(traits, "leading-system", "user: a\nassistant: x", Instruction("a"), Assistant("x"));
    }

    [Fact]
    public void Blank_system_messages_leave_nothing_behind() =>
        Expect(SystemFirst, "leading-system, mid-system", "system: a\nuser: q\nassistant: b", Instruction("a"), Instruction(" "), User("q"), Instruction(""), Assistant("b"));

    [Fact]
    public void Consecutive_user_messages_are_joined() =>
        Expect(Alternating, "consecutive-user", "user: hi||What is the capital of France?", User("hi"), User("What is the capital of France?"));

    [Fact]
    public void Parts_keep_their_order_when_messages_are_joined()
    {
        var picture = User("a") with { Parts = [new ContentPart.Text("a"), new ContentPart.Image("data:,")] };

        Expect(Alternating, "consecutive-user", "user: a Image b||c", picture, User("b"), User("c"));
    }

    [Fact]
    public void Consecutive_assistant_messages_are_joined_with_thinking_and_calls() => Expect(
        Alternating, "consecutive-assistant",
        "user: q\nassistant: <t||u> a||b [1 f {}]\ntool: (1 f) r",
        User("q"), Assistant("a") with { Thinking = "t" }, Assistant("b") with { Thinking = "u" }, Calls("1"), Result("1", "r"));

    [Fact]
    public void Assistant_messages_at_the_end_are_joined_for_every_template() =>
        Expect(All, "consecutive-assistant", "user: q\nassistant: The||capital", User("q"), Assistant("The"), Assistant("capital"));

    [Fact]
    public void A_user_message_is_added_where_the_template_demands_one()
    {
        Expect(Alternating, "missing-user", "system: s\nuser:\nassistant: a\nuser: b", Instruction("s"), Assistant("a"), User("b"));
        Expect(SystemFirst, "missing-user", "system: s\nuser:", Instruction("s"));
        Expect(SystemFirst, "missing-user", "system: s\nuser:\nassistant: [1 f {}]\ntool: (1 f) r", Instruction("s"), Calls("1"), Result("1", "r"));
    }

    [Fact]
    public void An_assistant_message_separates_a_tool_result_from_a_user_message() => Expect(
        Alternating, "user-after-tool",
        "user: q\nassistant: [1 f {}]\ntool: (1 f) r\nassistant: OK.\nuser: stop",
        User("q"), Calls("1"), Result("1", "r"), User("stop"));

    [Fact]
    public void A_call_without_result_gets_one()
    {
        Expect(SystemFirst, "open-call", "user: q\nassistant: [1 f {}] [2 f {}]\ntool: (1 f) (no result)\ntool: (2 f) (no result)", User("q"), Calls("1", "2"));
        Expect(
            Alternating, "user-after-tool, open-call",
            "user: q\nassistant: [1 f {}]\ntool: (1 f) (no result)\nassistant: OK.\nuser: next",
            User("q"), Calls("1"), User("next"));
    }

    [Fact]
    public void A_call_before_the_message_to_continue_gets_a_result() =>
        Expect(All, "open-call", "user: q\nassistant: [1 f {}]\ntool: (1 f) (no result)\nassistant: So", User("q"), Calls("1"), Assistant("So"));

    [Fact]
    public void A_result_without_call_becomes_user_text() => Expect(
        Alternating, "consecutive-user, orphan-result",
        """
        user: q||<tool-result name="f">|r|</tool-result>
        assistant: a
        """,
        User("q"), Result("1", "r"), Assistant("a"));

    [Fact]
    public void A_late_result_moves_to_its_call() => Expect(
        All with { AcceptsLateResults = false }, "late-result",
        "user: q\nassistant: [1 f {}]\ntool: (1 f) r\nsystem: s\nuser: hurry",
        User("q"), Calls("1"), Instruction("s"), User("hurry"), Result("1", "r"));

    /// <summary>Agents send results as their tools finish, and most templates render no ids.</summary>
    [Fact]
    public void Results_are_sorted_by_their_calls() => Expect(
        All, "result-order",
        "user: q\nassistant: [1 f {}] [2 f {}] [3 f {}]\ntool: (1 f) r1\ntool: (9 f) r9\ntool: (2 f) r2\ntool: (3 f) r3\nassistant: a\nuser: n",
        User("q"), Calls("1", "2", "3"), Result("3", "r3"), Result("9", "r9"), Result("1", "r1"), Result("2", "r2"), Assistant("a"), User("n"));

    [Fact]
    public void Sorted_results_stay_the_same_object()
    {
        ChatMessage[] messages = [User("q"), Calls("1", "2"), Result("1", "r1"), Result("2", "r2")];

        Assert.Same(messages, MessageFitting.Fit(messages, All).Messages);
    }

    [Fact]
    public void Several_calls_become_several_messages() => Expect(
        All with { AcceptsParallelCalls = false }, "late-result, open-call, parallel-calls",
        "user: q\nassistant: a [1 f {}]\ntool: (1 f) r1\nassistant: [2 f {}]\ntool: (2 f) (no result)\nassistant: [3 f {}]\ntool: (3 f) r3\nuser: n",
        User("q"), Calls("1", "2", "3") with { Parts = ContentPart.Of("a") }, Result("3", "r3"), User("n"), Result("1", "r1"));

    [Fact]
    public void Tools_become_text_where_the_template_has_none() => Expect(
        Alternating with { AcceptsTools = false }, "consecutive-user, tools-as-text",
        """
        user: q
        assistant: a||<tool-call name="f">|{}|</tool-call>
        user: <tool-result name="f">|r|</tool-result>||next
        """,
        User("q"), Calls("1") with { Parts = ContentPart.Of("a") }, Result("1", "r"), User("next"));

    [Fact]
    public void Ids_get_the_form_that_the_template_demands()
    {
        var traits = All with { AcceptsCallIds = false };
        ChatMessage[] messages = [User("q"), Calls("toolu_01", "abcdefgh9", ""), Result("toolu_01", "r1"), Result("abcdefgh9", "r2"), Result("", "r3")];

        var fitted = MessageFitting.Fit(messages, traits);
        var calls = fitted.Messages[1].ToolCalls;

        Assert.Equal("call-ids", fitted.HeaderValue);
        Assert.All(calls, static call => Assert.Matches("^[0-9A-Za-z]{9}$", call.Id));
        Assert.Equal("abcdefgh9", calls[1].Id);
        Assert.Equal(calls.Select(static call => call.Id), fitted.Messages.Skip(2).Select(static message => message.ToolCallId));
        Assert.Equal(3, calls.Select(static call => call.Id).Distinct().Count());
    }

    [Fact]
    public void Results_without_ids_are_matched_by_name_and_then_by_order()
    {
        ChatMessage[] messages =
        [
            User("q"),
            new() { Role = "assistant", ToolCalls = [new("", "f", "{}"), new("", "g", "{}")] },
            ChatMessage.Of("tool", "rg") with { ToolName = "g" },
            User("u"),
            ChatMessage.Of("tool", "rf"),
        ];

        Expect(All with { AcceptsLateResults = false }, "late-result, result-order", "user: q\nassistant: [ f {}] [ g {}]\ntool: ( ) rf\ntool: ( g) rg\nuser: u", messages);
    }

    [Fact]
    public void Every_rewrite_has_a_name() =>
        Assert.All(Enum.GetValues<MessageRewrite>(), static rewrite => Assert.Matches("^[a-z]+(-[a-z]+)*$", FittedMessages.NameOf(rewrite)));

    private static void Expect(TemplateTraits traits, string rewrites, string expected, params ChatMessage[] messages) => Expect(traits, rewrites, expected, messages, alsoOpen: false);

    private static void Expect(TemplateTraits traits, string rewrites, string expected, ChatMessage[] messages, bool alsoOpen)
    {
        var fitted = MessageFitting.Fit(messages, alsoOpen ? traits with { AcceptsFinalCalls = true } : traits);

        Assert.Equal(expected, Write(fitted.Messages));
        Assert.Equal(rewrites, fitted.HeaderValue);
    }
}

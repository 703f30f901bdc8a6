using GGLib.Server.Failures;
using GGLib.Server.Pipeline.Messages;
using GGLib.Server.Requests;

namespace GGLib.Tests.Server.Pipeline.Messages;

public sealed class TemplateProbeTests
{
    // Every engine renders these names differently, but none continues a call.
    private static readonly TemplateTraits Engine = TemplateTraits.AcceptsAll with { AcceptsFinalCalls = false };

    private int _renderings;

    public static TheoryData<string> Templates => [.. FakeTemplate.All.Keys];

    [Fact]
    public async Task A_template_that_accepts_everything_costs_eight_renderings()
    {
        Assert.Equal(Engine, await ProbeAsync("anything"));
        Assert.Equal(8, _renderings);
    }

    [Fact]
    public async Task A_template_with_the_system_message_first_is_recognized() =>
        Assert.Equal(Engine with { AcceptsSeveralSystem = false, AcceptsMidSystem = false, AcceptsNoUser = false }, await ProbeAsync("system first"));

    [Fact]
    public async Task A_template_that_moves_system_messages_to_the_front_is_recognized() =>
        Assert.Equal(Engine with { AcceptsMidSystem = false }, await ProbeAsync("collected system"));

    [Fact]
    public async Task A_template_that_drops_system_messages_is_recognized() => Assert.Equal(
        Engine with { AcceptsSeveralSystem = false, AcceptsMidSystem = false, AcceptsOrphanResults = false, AcceptsLateResults = false }, await ProbeAsync("dropped system"));

    [Fact]
    public async Task A_template_with_alternating_roles_is_recognized()
    {
        var expected = Engine with
        {
            AcceptsSeveralSystem = false,
            AcceptsMidSystem = false,
            AcceptsConsecutiveUsers = false,
            AcceptsConsecutiveAssistants = false,
            AcceptsAssistantFirst = false,
            AcceptsNoUser = false,
            AcceptsUserAfterTool = false,
            AcceptsOpenCalls = false,
            AcceptsOrphanResults = false,
            AcceptsLateResults = false,
            AcceptsCallIds = false,
        };

        Assert.Equal(expected, await ProbeAsync("alternating"));
        Assert.InRange(_renderings, 8, 19);
    }

    [Fact]
    public async Task A_template_without_tools_is_recognized()
    {
        var traits = await ProbeAsync("alternating without tools");

        Assert.False(traits.AcceptsTools);
        Assert.False(traits.AcceptsMidSystem);
    }

    [Fact]
    public async Task A_template_with_one_call_per_message_is_recognized() => Assert.Equal(Engine with { AcceptsParallelCalls = false }, await ProbeAsync("one call"));

    [Fact]
    public async Task A_template_that_renders_nothing_changes_nothing()
    {
        var probe = new TemplateProbe((_, _) => Task.FromResult<(string?, InferenceFailure?)>((null, new InferenceFailure.TemplateRejected("no"))));

        Assert.Equal((TemplateTraits.AcceptsAll, null), await probe.RunAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task An_engine_that_ends_decides_nothing(int rendering)
    {
        var lost = new InferenceFailure.ConnectionLost("gone");
        var probe = new TemplateProbe((messages, _) => Task.FromResult(++_renderings < rendering ? FakeTemplate.Render(FakeTemplate.All["anything"], messages) : (null, lost)));

        Assert.Equal((null, lost), await probe.RunAsync(TestContext.Current.CancellationToken));
        Assert.Equal(rendering, _renderings);
    }

    /// <summary>The purpose of it all: any conversation arrives at the model, completely and in order.</summary>
    [Theory]
    [MemberData(nameof(Templates))]
    public async Task Every_fitted_conversation_is_rendered_completely(string name)
    {
        var template = FakeTemplate.All[name];
        var traits = await ProbeAsync(name);
        var random = new Random(5);
        for (var number = 0; number < 4_000; number++)
        {
            var messages = RandomConversations.Any(random);
            var fitted = MessageFitting.Fit(messages, traits);
            var (text, failure) = FakeTemplate.Render(template, fitted.Messages);

            Assert.True(failure is null, $"{failure}\n{Conversations.Write(messages)}\n---\n{Conversations.Write(fitted.Messages)}");
            var words = messages.SelectMany(static message => message.Parts).OfType<ContentPart.Text>().Select(static part => part.Value).ToList();
            Assert.All(words, word => Assert.Contains(word, text));
            var hasMoved = fitted.Rewrites.Any(static rewrite => rewrite is MessageRewrite.LateResult or MessageRewrite.ResultOrder or MessageRewrite.ParallelCalls);
            if (!hasMoved && name != "alternating")
            {
                Assert.Equal(words, words.OrderBy(word => text!.IndexOf(word, StringComparison.Ordinal)));
            }
        }
    }

    private async Task<TemplateTraits> ProbeAsync(string name)
    {
        var template = FakeTemplate.All[name];
        var probe = new TemplateProbe((messages, _) =>
        {
            _renderings++;
            return Task.FromResult(FakeTemplate.Render(template, messages));
        });
        var (traits, failure) = await probe.RunAsync(TestContext.Current.CancellationToken);
        Assert.Null(failure);
        return traits!;
    }
}

using GGLib.Gguf;

namespace GGLib.Tests.Gguf;

public sealed class FamilyTests
{
    public static TheoryData<string> Names => Family.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Knows_what_a_family_can_do(string name)
    {
        var family = Family.Of(name);
        var facts = Facts(family.Writer());

        Assert.Equal(ModelFileKind.Model, facts.Kind);
        Assert.Equal(family.Capabilities, string.Join(", ", facts.Capabilities));
        Assert.Equal((family.Thinking, family.Switch), (facts.Thinking, facts.ThinkingSwitch));
        Assert.Equal(family.Capabilities.Contains("rerank", StringComparison.Ordinal), facts.IsReranker);
        if (family.Projector is var (writer, together))
        {
            var projector = Facts(writer);
            Assert.Equal(ModelFileKind.Projector, projector.Kind);
            Assert.Equal(together, string.Join(", ", facts.With(projector).Capabilities));
        }
    }

    [Theory]
    [InlineData("{%- if thinking %}", ThinkingKind.Switch, "thinking")]
    [InlineData("{% elif not thinking %}", ThinkingKind.Switch, "thinking")]
    [InlineData("{% if x and thinking is defined %}", ThinkingKind.Switch, "thinking")]
    [InlineData("{% if thinking and enable_thinking %}", ThinkingKind.Switch, "enable_thinking")]
    [InlineData("{% if message.thinking is defined %}", ThinkingKind.None, null)]
    [InlineData("{% if 'thinking' in message %}", ThinkingKind.None, null)]
    [InlineData("{{ 'if thinking helps, think' }}", ThinkingKind.None, null)]
    [InlineData("{% set x = 'a thinking process' %}", ThinkingKind.None, null)]
    [InlineData("{% if thinking_budget %}", ThinkingKind.None, null)]
    [InlineData("{{ reasoning_effort }}{% if enable_thinking %}", ThinkingKind.Levels, "enable_thinking")]
    [InlineData("<|START_THINKING|><|END_THINKING|>", ThinkingKind.Always, null)]
    [InlineData("<think>{% if add_generation_prompt %}", ThinkingKind.None, null)]
    public void Finds_the_switch_in_a_template(string template, ThinkingKind kind, string? name)
    {
        var facts = Facts(new GgufWriter().Add("general.architecture", "llama").Add("tokenizer.chat_template", template));

        Assert.Equal((kind, name, kind is not ThinkingKind.None), (facts.Thinking, facts.ThinkingSwitch, facts.Can(Capability.Thinking)));
    }

    private static ModelFacts Facts(GgufWriter writer) => ModelFacts.From(GgufFile.Read(new MemoryStream(writer.ToArray())));
}

using GGLib.Catalog.Templates;

namespace GGLib.Tests.Catalog.Templates;

/// <summary>What Ollama does around a template: collating, rounds, the place where the model goes on, filling in.</summary>
public sealed class ConversationTests
{
    private static readonly TemplateMessage[] TwoRounds =
    [
        new("system", "S"), new("user", "U1"), new("assistant", "A1"), new("user", "U2"),
    ];

    [Theory]
    // Without .Response the answer begins at the end
    [InlineData("[INST] {{ if .System }}{{ .System }} {{ end }}{{ .Prompt }} [/INST] ", "[INST] S U1 [/INST] A1[INST] U2 [/INST] ")]
    [InlineData("{{ .System }}|{{ .Prompt }}|{{ .Response }}<end>", "S|U1|A1<end>|U2|")]
    // Everything after .Response belongs to the end of the turn, also around the block that it stands in
    [InlineData("{{ .Prompt }}{{ if .Prompt }}>{{ .Response }}!{{ end }}<end>", "U1>A1!<end>U2>")]
    [InlineData("{{ .Prompt }}{{ if .Response }}>{{ .Response }}!{{ else }}?{{ end }}<end>", "U1>A1!<end>U2?")]
    [InlineData("{{ .Prompt }}{{ printf \">%s\" .Response }}!", "U1>A1!U2>")]
    [InlineData("{{ .Prompt }}>{{ (print .Response) }}!", "U1>A1!U2>")]
    public void A_template_for_one_round_is_written_for_each(string template, string expected) =>
        Assert.Equal(expected, Rendering.Of(template, TwoRounds));

    [Fact]
    public void An_answer_at_the_end_is_gone_on_with() =>
        Assert.Equal("U1>A1", Rendering.Of("{{ .Prompt }}>{{ .Response }}<end>", new("user", "U1"), new("assistant", "A1")));

    [Fact]
    public void A_second_system_message_begins_a_round() =>
        Assert.Equal("S1/U1/A1;S2//;", Rendering.Of("{{ .System }}/{{ .Prompt }}/{{ .Response }};{{ define \"x\" }}{{ end }}", new("system", "S1"), new("user", "U1"), new("assistant", "A1"), new("system", "S2")) + ";");

    [Fact]
    public void Tool_messages_are_unknown_to_a_template_for_one_round() =>
        Assert.Equal("U>", Rendering.Of("{{ .Prompt }}>", new("user", "U"), new("tool", "T")));

    [Fact]
    public void Without_messages_there_is_one_empty_round() => Assert.Equal("<>", Rendering.Of("<{{ .Prompt }}>"));

    [Fact]
    public void Messages_of_one_role_become_one_but_tool_results_stay_apart() =>
        Assert.Equal(
            "user=a\n\nb;tool=1;tool=2;user=c;",
            Rendering.Of("{{ range .Messages }}{{ .Role }}={{ .Content }};{{ end }}", new("user", "a"), new("user", "b"), new("tool", "1"), new("tool", "2"), new("user", "c")));

    [Fact]
    public void System_is_the_text_of_all_system_messages() =>
        Assert.Equal("a\n\nb|4", Rendering.Of("{{ .System }}|{{ len .Messages }}", new("system", "a"), new("user", "x"), new("system", "b"), new("user", "y")));

    [Fact]
    public void Prompt_and_suffix_are_filled_in()
    {
        const string template = "{{- if .Suffix }}<PRE> {{ .Prompt }} <SUF>{{ .Suffix }} <MID>{{ else }}{{ .Prompt }}{{ end }}";
        Assert.Equal("<PRE> def add( <SUF>return x <MID>", Rendering.Of(template, new TemplateInput { Prompt = "def add(", Suffix = "return x" }));
        Assert.Equal("hello", Rendering.Of(template, new TemplateMessage("user", "hello")));
        Assert.True(Rendering.Parsed(template).Mentions("Suffix"));
    }

    [Fact]
    public void Thinking_is_seen_by_templates_of_both_forms()
    {
        const string think = "{{ .Think }} {{ .ThinkLevel }} {{ .IsThinkSet }}";
        var input = new TemplateInput { Messages = [new("user", "x")], Think = true, ThinkLevel = "low", IsThinkSet = true };
        Assert.Equal("true low true", Rendering.Of(think, input));
        Assert.Equal("true low true", Rendering.Of("{{ if .Messages }}" + think + "{{ end }}", input));
    }
}

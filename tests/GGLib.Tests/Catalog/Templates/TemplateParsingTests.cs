using GGLib.Catalog.Templates;

namespace GGLib.Tests.Catalog.Templates;

public sealed class TemplateParsingTests
{
    [Theory]
    [InlineData("{{ .A", 1, 6, "not closed")]
    [InlineData("a\nb {{ .A | | }}", 2, 11, "unexpected |")]
    [InlineData("a\n  {{ nope 1 }}", 2, 6, "\"nope\"")]
    [InlineData("{{ html .A }}", 1, 4, "\"html\"")]
    [InlineData("{{ if .A }}x", 1, 13, "'end' is missing")]
    [InlineData("x{{ end }}", 1, 5, "'end'")]
    [InlineData("{{ else }}", 1, 4, "'else'")]
    [InlineData("{{ if .A }}{{ else }}{{ else }}{{ end }}", 1, 25, "second 'else'")]
    [InlineData("{{ if }}{{ end }}", 1, 7, "no value")]
    [InlineData("{{ }}", 1, 4, "no value")]
    [InlineData("{{ $x }}", 1, 4, "$x")]
    [InlineData("{{ if .A }}{{ $x := 1 }}{{ end }}{{ $x }}", 1, 37, "$x")]
    [InlineData("{{ break }}", 1, 4, "outside 'range'")]
    [InlineData("{{ range .A }}{{ else }}{{ continue }}{{ end }}", 1, 28, "outside 'range'")]
    [InlineData("{{ (.A }}", 1, 8, "parenthesis")]
    [InlineData("{{ .A) }}", 1, 6, "')'")]
    [InlineData("{{ \"a }}", 1, 4, "string")]
    [InlineData("{{ `a }}", 1, 4, "raw string")]
    [InlineData("{{ 'ab' }}", 1, 4, "character")]
    [InlineData("{{ \"\\q\" }}", 1, 4, "string")]
    [InlineData("{{ 1x }}", 1, 4, "number")]
    [InlineData("{{ 99999999999999999999 }}", 1, 4, "number")]
    [InlineData("{{ .A | 1 }}", 1, 9, "function")]
    [InlineData("{{ /* a", 1, 4, "unexpected /")]
    [InlineData("{{/* a", 1, 1, "comment")]
    [InlineData("{{/* a */ 1}}", 1, 1, "comment")]
    [InlineData("{{ $a, $b := .X }}", 1, 6, "too many")]
    [InlineData("{{ range $a, $b, $c := .X }}{{ end }}", 1, 16, "too many")]
    [InlineData("{{ template }}", 1, 13, "name in quotes")]
    [InlineData("{{ if .A }}{{ define \"x\" }}{{ end }}{{ end }}", 1, 15, "define")]
    [InlineData("{{ define \"x\" }}a{{ end }}{{ define \"x\" }}b{{ end }}", 1, 37, "twice")]
    [InlineData("{{ \"a\".B }}", 1, 7, "field")]
    [InlineData("{{ .A@ }}", 1, 6, "'@'")]
    [InlineData("{{ range .A }}{{ else if .B }}{{ end }}", 1, 23, "if")]
    public void A_fault_is_told_with_its_place(string template, int line, int column, string part)
    {
        var result = GoTemplate.Parse(template);
        Assert.False(result.Succeeded);
        Assert.Contains(part, result.Problem.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (result.Problem.Line, result.Problem.Column));
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        Assert.Contains("deep", GoTemplate.Parse($"{{{{ {new string('(', 100_000)}1").Problem!.Message, StringComparison.Ordinal);
        Assert.Contains("deep", GoTemplate.Parse(string.Concat(Enumerable.Repeat("{{ if 1 }}", 10_000))).Problem!.Message, StringComparison.Ordinal);
        Assert.Contains("deep", GoTemplate.Parse(string.Concat(Enumerable.Repeat("{{ block \"x\" 1 }}", 5_000))).Problem!.Message, StringComparison.Ordinal);
        Assert.Contains("longer", GoTemplate.Parse(new string('x', 600_000)).Problem!.Message, StringComparison.Ordinal);
        var long_chain = "{{ if 0 }}" + string.Concat(Enumerable.Repeat("{{ else if 0 }}a", 5_000)) + "{{ end }}";
        Assert.True(GoTemplate.Parse(long_chain).Succeeded);
    }

    [Fact]
    public void The_names_a_template_mentions_are_known()
    {
        var template = Rendering.Parsed("{{ range $i, $m := .Messages }}{{ if $m.ToolCalls }}{{ (index $.Tools 0).Function.Name }}{{ end }}{{ end }}{{ define \"x\" }}{{ .Thinking }}{{ end }}");
        Assert.All(["Messages", "messages", "ToolCalls", "Tools", "Function", "Name", "Thinking"], name => Assert.True(template.Mentions(name), name));
        Assert.All(["Suffix", "Response", "System", "i"], name => Assert.False(template.Mentions(name), name));
        Assert.True(Rendering.Parsed("{{ .Prompt }}").Mentions("Response"));
    }
}

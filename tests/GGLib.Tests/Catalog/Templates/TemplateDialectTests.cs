using GGLib.Catalog.Templates;

namespace GGLib.Tests.Catalog.Templates;

public sealed class TemplateDialectTests
{
    [Theory]
    [InlineData("")]
    [InlineData("### Instruction:")]
    [InlineData("{{ .Prompt }}")]
    [InlineData("{{.Prompt}}")]
    [InlineData("{{- .System -}}")]
    [InlineData("{{ if .System }}{% no %}{{ end }}")]
    [InlineData("{{- range $i, $_ := .Messages }}x{{ end }}")]
    [InlineData("{{ $x := 1 }}{{ $x }}")]
    [InlineData("{{/* {% comment %} */}}")]
    [InlineData("{{- /* x */ -}}")]
    [InlineData("{{ (index .Messages 0).Content }}")]
    [InlineData("{{ json .Tools }}")]
    [InlineData("{{ currentDate }}")]
    [InlineData("{{ \"a\" }}{{ .Prompt }}")]
    [InlineData("{{ template \"x\" . }}")]
    [InlineData("{\"json\": 5%} {{ .Prompt }}")]
    [InlineData("{% not closed {{ .Prompt }}")]
    [InlineData("{{ 1 }}")]
    public void These_are_Go(string text) => Assert.Equal(TemplateLanguage.Go, TemplateDialect.Of(text));

    [Theory]
    [InlineData("{% for message in messages %}{{ message.content }}{% endfor %}")]
    [InlineData("{%- if tools %}x{% endif %}")]
    [InlineData("{{ bos_token }}{% if x %}{% endif %}")]
    [InlineData("{{ messages[0]['content'] }}")]
    [InlineData("{{- messages | length -}}")]
    [InlineData("{{-bos_token}}")]
    [InlineData("{# a comment #}text")]
    [InlineData("{{ '<s>' }}{{ bos_token }}")]
    [InlineData("{{ \"<s>\" + bos_token }}{% set x = 1 %}")]
    [InlineData("{{ raise_exception('x') }}")]
    [InlineData("{{ (messages | first).content }}")]
    [InlineData("{{ template['x'] }}")]
    public void These_are_Jinja(string text) => Assert.Equal(TemplateLanguage.Jinja, TemplateDialect.Of(text));
}

using GGLib.Catalog.Templates;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Catalog.Templates;

/// <summary>Every construct, with the exact text that Go's text/template gives for it.</summary>
public sealed class GoTemplateTests
{
    [Theory]
    // Text, comments, trimming
    [InlineData("plain } {text}", "plain } {text}")]
    [InlineData("a {{- 1 }} b", "a1 b")]
    [InlineData("a \n\t{{- 1 -}} \r\n b", "a1b")]
    [InlineData("a {{/* no */}} b", "a  b")]
    [InlineData("a {{- /* no */ -}} b", "ab")]
    [InlineData("{{ -1 }}{{- -2 -}} {{ +3 }}", "-1-23")]
    [InlineData("{{\n1\n}}", "1")]
    // Literals
    [InlineData("""{{ "a\tb\n\"\\\x41\u00e9\101" }}""", "a\tb\n\"\\AéA")]
    [InlineData("{{ `raw \\n \"x\"` }}", "raw \\n \"x\"")]
    [InlineData("{{ 'x' }} {{ '\\n' }} {{ '\\'' }} {{ '✓' }}", "120 10 39 10003")]
    [InlineData("{{ 0x1F }} {{ 0b11 }} {{ 0o17 }} {{ 017 }} {{ 1_000 }}", "31 3 15 15 1000")]
    [InlineData("{{ 1.5 }} {{ 1e3 }} {{ 100000.0 }} {{ 1000000.0 }} {{ .00001 }} {{ 1e21 }}", "1.5 1000 100000 1e+06 1e-05 1e+21")]
    [InlineData("{{ true }} {{ false }}", "true false")]
    // Variables and their scope
    [InlineData("{{ $x := 1 }}{{ $x }}{{ $x = 2 }}{{ $x }}", "12")]
    [InlineData("{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}", "21")]
    [InlineData("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2")]
    [InlineData("{{ with $x := 5 }}{{ $x }}{{ . }}{{ end }}", "55")]
    [InlineData("{{ range $x := .Messages }}{{ $x.Role }},{{ end }}", "system,user,assistant,tool,")]
    [InlineData("{{ range $i, $x := .Messages }}{{ $i }}{{ $x.Role }},{{ end }}", "0system,1user,2assistant,3tool,")]
    [InlineData("{{ $last := 0 }}{{ range $last, $x := .Messages }}{{ end }}{{ $last }}", "0")]
    [InlineData("{{ $r := \"\" }}{{ range .Messages }}{{ $r = .Role }}{{ end }}{{ $r }}", "tool")]
    [InlineData("{{ range .Messages }}{{ $.Think }}{{ break }}{{ end }}", "true")]
    [InlineData("{{ range $i, $m := .Messages }}{{ $y := $i }}{{ $z := $m.Role }}{{ $y }}{{ end }}", "0123")]
    [InlineData("{{ $x := 0 }}{{ range 2 }}{{ $x }}{{ $x := 5 }}{{ end }}{{ $x }}", "000")]
    // if, with, range
    [InlineData("{{ if 0 }}a{{ else if \"\" }}b{{ else if 0.0 }}c{{ else }}d{{ end }}", "d")]
    [InlineData("{{ if .Nothing }}a{{ end }}{{ if .Tools }}b{{ end }}{{ if not .Suffix }}c{{ end }}", "bc")]
    [InlineData("{{ with .Nothing }}a{{ else with .ThinkLevel }}{{ . }}{{ else }}c{{ end }}", "high")]
    [InlineData("{{ with .ThinkLevel }}{{ . }}{{ end }}", "high")]
    [InlineData("{{ range .Nothing }}a{{ else }}none{{ end }}", "none")]
    [InlineData("{{ range (slice .Messages 0 0) }}a{{ else }}none{{ end }}", "none")]
    [InlineData("{{ range $i, $m := .Messages }}{{ if eq $i 1 }}{{ continue }}{{ end }}{{ if eq $i 3 }}{{ break }}{{ end }}{{ $i }}{{ end }}", "02")]
    [InlineData("{{ range 3 }}{{ . }}{{ end }}{{ range $i := 2 }}{{ $i }}{{ end }}", "01201")]
    [InlineData("{{ range 2 }}{{ range $.Nothing }}{{ else }}{{ break }}{{ end }}x{{ end }}|", "|")]
    // Templates
    [InlineData("{{ define \"t\" }}<{{ . }}{{ $ }}>{{ end }}{{ template \"t\" 7 }}{{ template `t` \"x\" }}", "<77><xx>")]
    [InlineData("{{ block \"b\" .ThinkLevel }}[{{ . }}]{{ end }}{{ template \"b\" 1 }}", "[high][1]")]
    [InlineData("{{ define \"t\" }}{{ . }}{{ end }}{{ template \"t\" }}", "<no value>")]
    [InlineData("{{ define \"t\" }}{{ if gt (len .) 0 }}({{ template \"t\" (slice . 1) }}){{ end }}{{ end }}{{ template \"t\" \"abc\" }}", "((()))")]
    // and, or, not
    [InlineData("{{ and 1 2 }} {{ and 0 2 }} {{ or 0 \"x\" }} {{ or 0 \"\" }}|{{ not 0 }} {{ 1 | and 2 }}", "2 0 x |true 1")]
    [InlineData("{{ if and .Tools (eq (index .Messages 0).Role \"system\") }}yes{{ end }}", "yes")]
    [InlineData("{{ or true (index \"\" 5) }} {{ and false (index \"\" 5) }}", "true false")]
    // Comparison
    [InlineData("{{ eq 1 1 }} {{ eq 1 2 3 1 }} {{ eq \"a\" \"b\" }} {{ ne 1 2 }} {{ lt 1 2 }} {{ le 2 2 }} {{ gt \"b\" \"a\" }} {{ ge 1.5 2.5 }}", "true true false true true true true false")]
    [InlineData("{{ eq .Nothing nil }} {{ eq .ThinkLevel nil }} {{ eq .Nothing \"x\" }} {{ ne .Tools nil }}", "true false false true")]
    [InlineData("{{ $last := index .Messages 3 }}{{ range .Messages }}{{ if eq . $last }}{{ .Role }}{{ end }}{{ end }}", "tool")]
    // len, index, slice
    [InlineData("{{ len \"Größe\" }} {{ len .Messages }} {{ len (index .Messages 1).Images }}", "7 4 1")]
    [InlineData("{{ index \"abc\" 1 }} {{ (index .Messages 1).Role }} {{ index .Tools 0 | len | not }}", null)]
    [InlineData("{{ index (index .Messages 2).ToolCalls 0 \"x\" }}", null)]
    [InlineData("{{ slice \"hello\" 1 3 }} {{ slice \"hello\" 3 }} {{ slice \"hello\" }}", "el lo hello")]
    [InlineData("{{ slice \"ö\" 0 1 }}{{ slice \"ö\" 1 }}", "ö")]
    [InlineData("{{ len (slice .Messages 1 3) }}{{ range slice .Messages 2 }}{{ .Role }},{{ end }}", "2assistant,tool,")]
    [InlineData("{{ $a := (index (index .Messages 2).ToolCalls 0).Function.Arguments }}{{ index $a \"unit\" }} {{ $a.exact }} {{ index $a \"no\" }} {{ index $a \"a\" \"b\" 0 }}", "cm true <no value> 1.5")]
    // print, printf, println
    [InlineData("{{ print 1 2 \"a\" 3 }}|{{ print \"a\" \"b\" }}|{{ println 1 \"b\" }}|{{ print nil }}|{{ print .Nothing }}", "1 2a3|ab|1 b\n|<nil>|<nil>")]
    [InlineData("{{ printf \"%s\\n\\n%s\" \"a\" \"b\" }}|{{ printf \"%d%%\" 5 }}|{{ \"x\" | printf \"%s-%s\" \"y\" }}", "a\n\nb|5%|y-x")]
    [InlineData("{{ printf \"%q %v %t %5d|%-5d|%05d|%+d %x %X %c %U %b %o\" \"a\\\"b\" 1.5 true 42 42 42 42 255 255 65 65 5 8 }}", "\"a\\\"b\" 1.5 true    42|42   |00042|+42 ff FF A U+0041 101 10")]
    [InlineData("{{ printf \"%.2f %8.3f %e %g %.3g %.2s %5s|%-5s| %x\" 3.14159 3.14159 1500.0 1e7 1234567.0 \"Größe\" \"ö\" \"ö\" \"hi\" }}", "3.14    3.142 1.500000e+03 1e+07 1.23e+06 Gr     ö|ö    | 6869")]
    [InlineData("{{ printf \"%d %s %t\" \"x\" 5 1 }} {{ printf \"%s\" }} {{ printf \"a\" 1 \"b\" }} {{ printf \"%\" }} {{ printf \"%d\" nil }}", "%!d(string=x) %!s(int=5) %!t(int=1) %!s(MISSING) a%!(EXTRA int=1, string=b) %!(NOVERB) %!d(<nil>)")]
    [InlineData("{{ printf \"% x|% X|%6x|%+v|%8s|%06.2f|% d\" \"hi\" \"hi\" \"hi\" 3 nil 3.14159 5 }}", "68 69|68 69|  6869|3|%!s(<nil>)|003.14| 5")]
    [InlineData("{{ printf \"%-05d|%0-5d|\" 4 4 }}", "4    |4    |")]
    [InlineData("{{ printf \"%v %s\" (index .Messages 3).ToolCalls (index .Tools 0).Function.Parameters.Required }}", "[] [unit]")]
    // How values print
    [InlineData("{{ .Nothing }} {{ .Think }} {{ .ThinkLevel }} {{ .IsThinkSet }}", "<no value> true high false")]
    [InlineData("{{ (index .Messages 1).Images }}", "[[1 2 3]]")]
    [InlineData("{{ index .Messages 3 }}", "{tool 5  [] [] measure c1}")]
    [InlineData("{{ $a := (index (index .Messages 2).ToolCalls 0).Function.Arguments }}{{ $a.a }} {{ $a.max }}", "map[b:[1.5 <nil> <x>] z:1] 1e+06")]
    [InlineData("{{ index (index .Messages 2).ToolCalls 0 }}", """{c1 {2 measure {"a":{"b":[1.5,null,"\u003cx\u003e"],"z":1},"exact":true,"max":1000000,"unit":"cm"}}}""")]
    // JSON
    [InlineData("{{ json \"a\\\"\\n<b>&\\u2028é\\x01\" }}", "\"a\\\"\\n\\u003cb\\u003e\\u0026\\u2028é\\u0001\"")]
    [InlineData("{{ json 1 }} {{ json true }} {{ json nil }} {{ json .Nothing }} {{ json 1e21 }} {{ json 0.0000001 }} {{ .ThinkLevel | json }}", "1 true null null 1e+21 1e-7 \"high\"")]
    [InlineData("{{ json (index .Messages 3) }}", """{"Role":"tool","Content":"5","Thinking":"","Images":null,"ToolCalls":null,"ToolName":"measure","ToolCallID":"c1"}""")]
    [InlineData("{{ range .Tools }}{{ .Function.Name }} {{ .Type }}{{ range $n, $p := .Function.Parameters.Properties }} {{ $n }}:{{ $p.Type }}{{ end }}{{ end }}", "measure function max:[number null] opts:object unit:string")]
    [InlineData("{{ range .Tools }}{{ range .Function.Parameters.Properties }}{{ toTypeScriptType . }};{{ end }}{{ end }}{{ toTypeScriptType 1 }}", "number | null;Record<string, any>;string;any")]
    public void Renders_as_Go_does(string template, string? expected)
    {
        if (expected is null)
        {
            Rendering.Fault(template);
            return;
        }

        Assert.Equal(expected, Rendering.Sample(template));
    }

    [Fact]
    public void Tools_print_as_the_JSON_of_Ollamas_types()
    {
        const string function = """{"name":"measure","description":"Sizes \u0026 \u003cmore\u003e","parameters":{"type":"object","required":["unit"],"properties":{"max":{"type":["number","null"]},"opts":{"type":"object","properties":{"z":{"type":"integer"},"a":{"type":"boolean"}}},"unit":{"type":"string","description":"The unit","enum":["cm","in"]}}}}""";
        const string tool = $$"""{"type":"function","function":{{function}}}""";
        Assert.Equal(tool, Rendering.Sample("{{ range .Tools }}{{ . }}{{ end }}"));
        Assert.Equal(tool, Rendering.Sample("{{ range .Tools }}{{ json . }}{{ end }}"));
        Assert.Equal(function, Rendering.Sample("{{ range .Tools }}{{ .Function }}{{ end }}"));
        Assert.Equal($"[{tool}]", Rendering.Sample("{{ .Tools }}"));
        Assert.Equal($"[{tool}]", Rendering.Sample("{{ json .Tools }}"));
        Assert.Equal("null", Rendering.Of("{{ range .Messages }}{{ end }}{{ .Tools }}"));
    }

    [Fact]
    public void A_tool_without_anything_and_a_call_without_arguments_are_rendered()
    {
        var input = new TemplateInput
        {
            Messages = [new("assistant", "") { ToolCalls = [new("f", default), new("g", Rendering.Json("{}"))] }],
            Tools = [Rendering.Json("""{"type":5,"function":[]}""")],
        };
        Assert.Equal(
            """{}{} [{"type":"","function":{"name":"","description":"","parameters":{"type":"","properties":null}}}]""",
            Rendering.Of("{{ range .Messages }}{{ range .ToolCalls }}{{ .Function.Arguments }}{{ end }}{{ end }} {{ .Tools }}", input));
    }

    [Fact]
    public void Dates_come_from_the_clock()
    {
        var input = new TemplateInput { Clock = new FakeTimeProvider(new(2024, 3, 1, 12, 0, 0, TimeSpan.Zero)) };
        Assert.Equal("2024-03-01 2024-03-01 2024-02-29", Rendering.Of("{{ range .Messages }}{{ end }}{{ currentDate }} {{ currentDate \"x\" }} {{ yesterdayDate }}", input));
    }

    [Theory]
    [InlineData("{{ .ThinkLevel.A }}")]
    [InlineData("{{ .Nothing.A }}")]
    [InlineData("{{ range .Messages }}{{ .Nope }}{{ end }}")]
    [InlineData("{{ .ThinkLevel 1 }}")]
    [InlineData("{{ 1 | .ThinkLevel }}")]
    [InlineData("{{ nil }}")]
    [InlineData("{{ eq 1 \"a\" }}")]
    [InlineData("{{ eq 1 1.0 }}")]
    [InlineData("{{ eq .Tools .Tools }}")]
    [InlineData("{{ eq 1 }}")]
    [InlineData("{{ lt true false }}")]
    [InlineData("{{ len 3 }}")]
    [InlineData("{{ index \"abc\" 3 }}")]
    [InlineData("{{ index .Messages -1 }}")]
    [InlineData("{{ index nil 1 }}")]
    [InlineData("{{ slice \"abc\" 2 1 }}")]
    [InlineData("{{ slice \"abc\" 0 4 }}")]
    [InlineData("{{ printf 1 }}")]
    [InlineData("{{ printf \"%*d\" 1 2 }}")]
    [InlineData("{{ range true }}{{ end }}")]
    [InlineData("{{ template \"missing\" . }}")]
    [InlineData("{{ and }}")]
    [InlineData("{{ $x = 1 }}")]
    public void What_the_data_cannot_do_is_a_problem_with_its_place(string template)
    {
        var problem = Rendering.Fault(template);
        Assert.Equal(1, problem.Line);
        Assert.InRange(problem.Column, 28, 28 + template.Length);
        Assert.False(problem.Message.EndsWith('.'));
    }

    [Fact]
    public void A_field_of_nothing_in_parentheses_is_nothing() => Assert.Equal("<no value>", Rendering.Sample("{{ (.Nothing).A.B }}"));
}

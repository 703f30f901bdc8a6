using FsCheck;
using FsCheck.Fluent;
using GGLib.Catalog.Templates;

namespace GGLib.Tests.Catalog.Templates;

/// <summary>No template hangs the server, exhausts it or throws.</summary>
public sealed class TemplateBoundsTests
{
    private const int Inputs = 12_000;

    private static readonly TemplateLimits Small = new() { MaxOutput = 100_000, MaxMadeText = 200_000, MaxWork = 3_000_000 };

    [Theory]
    [InlineData("{{ define \"x\" }}{{ template \"x\" . }}{{ end }}{{ template \"x\" . }}", "too deep")]
    [InlineData("{{ range 1000000000 }}{{ end }}", "too many steps")]
    [InlineData("{{ range 1000000 }}{{ range 1000000 }}{{ $x := 1 }}{{ end }}{{ end }}", "too many steps")]
    [InlineData("{{ range 1000000000 }}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{{ end }}", "prompt gets too long")]
    [InlineData("{{ $x := \"ab\" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}", "too much text")]
    [InlineData("{{ $x := \"ab\" }}{{ range 100 }}{{ $x = json $x }}{{ end }}", "too much text")]
    [InlineData("{{ range 1000 }}{{ $x := printf \"%1000000d\" 1 }}{{ end }}", "too much text")]
    [InlineData("{{ printf \"%10000000d\" 1 }}", "too great")]
    [InlineData("{{ $x := printf \"%60000d\" 1 }}{{ $y := print $x }}{{ range 100000 }}{{ if eq $x $y }}{{ end }}{{ end }}", "too many steps")]
    public void What_would_not_end_is_stopped(string template, string part)
    {
        var problem = GoTemplate.Parse(template, Small).Template!.Render(Rendering.SampleInput).Problem;
        Assert.NotNull(problem);
        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_after_the_bound_is_never_kept() =>
        Assert.NotNull(GoTemplate.Parse("{{ .Prompt }}{{ .Prompt }}", new() { MaxOutput = 5 }).Template!.Render(new() { Messages = [new("user", "abc")] }).Problem);

    [Fact]
    public void Tools_nested_too_deep_are_a_problem()
    {
        var deep = System.Text.Json.JsonDocument.Parse(new string('[', 500) + new string(']', 500), new() { MaxDepth = 1000 }).RootElement;
        var input = new TemplateInput { Messages = [new("user", "x") { ToolCalls = [new("f", Rendering.Json("{}"))] }], Tools = [deep] };
        Assert.Equal("", Rendering.Of("{{ range .Messages }}{{ end }}", input));
        var arguments = System.Text.Json.JsonDocument.Parse("{\"a\":" + new string('[', 500) + new string(']', 500) + "}", new() { MaxDepth = 1000 }).RootElement;
        input = new() { Messages = [new("assistant", "x") { ToolCalls = [new("f", arguments)] }] };
        Assert.Contains("too deep", Rendering.Parsed("{{ range .Messages }}{{ end }}").Render(input).Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_makes_it_throw_or_run_away()
    {
        string[] pieces =
        [
            "{{", "}}", "{{ ", " }}", "{{- ", " -}}", "if ", "else ", "end", "range ", "with ", "define ", "block ", "template ", "break", "continue",
            ".", ".Messages", ".Role", "$", "$x", " := ", " = ", "| ", "(", ")", "\"x\"", "`y`", "'z'", "1", "-2.5e3", "nil", "true", "and ", "eq ", "index ", "slice ",
            "printf \"%5.2v%q%d\" ", "json ", "len ", "/*", "*/", "\\", "\n", " ", "é", "\ud800", "\0", "{{ end }}", "{{ range .Messages }}", "{{ .Content }}", "{{ if .Tools }}",
        ];
        var noise = Gen.Elements(pieces).ListOf().Select(string.Concat);
        var mutated =
            from template in Gen.Elements(PublishedFormsTests.All)
            from at in Gen.Choose(0, template.Length - 1)
            from length in Gen.Choose(0, 12)
            from piece in Gen.Elements(pieces)
            select template[..at] + piece + template[Math.Min(template.Length, at + length)..];
        var any = Gen.OneOf(noise, mutated, mutated, mutated);
        var rendered = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Inputs), Prop.ForAll(any.ToArbitrary(), text =>
        {
            _ = TemplateDialect.Of(text);
            var parsed = GoTemplate.Parse(text, Small);
            if (!parsed.Succeeded)
            {
                return parsed.Problem.Line >= 1 && parsed.Problem.Column >= 1 && parsed.Problem.Message.Length > 0;
            }

            var result = parsed.Template.Render(Rendering.SampleInput);
            rendered += result.Succeeded ? 1 : 0;
            return result.Succeeded || (result.Problem.Line >= 1 && result.Problem.Column >= 1);
        }));
        Assert.True(rendered > Inputs / 10, $"only {rendered} of {Inputs} were rendered");
    }

    [Fact]
    public void Any_text_comes_back_through_a_literal_and_through_trimming()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), any =>
        {
            // Lone surrogates have no UTF-8; NUL and quotes do.
            var text = any.Get.Replace("{{", "", StringComparison.Ordinal).Replace("`", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
            text = new string([.. text.Where(c => !char.IsSurrogate(c))]).TrimEnd('{');
            const string mention = "{{ if .Messages }}{{ end }}";
            var trimmed = text.Trim(' ', '\t', '\n');
            return Rendering.Of($"{mention}{text}") == text
                && Rendering.Of($"{mention}{{{{ `{text}` }}}}") == text
                && Rendering.Of($"{mention}{{{{- \"\" -}}}} {text}\n {{{{- \"\" -}}}}") == trimmed
                && System.Text.Json.JsonDocument.Parse(Rendering.Of($"{mention}{{{{ json `{text}` }}}}")).RootElement.GetString() == text;
        }));
    }
}

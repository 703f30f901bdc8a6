using System.Diagnostics;
using System.Text.RegularExpressions;
using GGLib.Server.EngineRequests.Schemas;

namespace GGLib.Tests.Server.EngineRequests.Schemas;

/// <summary>Patterns as the engine enforces them.</summary>
public sealed class PatternTranslationTests
{
    private const string Any = """([^\x00-\x1F"\\]|[\\](["\\bfnrt]|u[0-9A-Fa-f]{4}))*""";

    [Theory]
    [InlineData(@"^\d{3}-\d{4}$", "^[0-9]{3}-[0-9]{4}$")]
    [InlineData(@"^\w+$", "^[0-9A-Z_a-z]+$")]
    [InlineData(@"^[^\W_]$", "^[0-9A-Za-z]$")]
    [InlineData(@"^https?:\/\/x\.y$", "^https?://x[.]y$")]
    [InlineData("^(a|b|cd)*$", "^(cd|[ab])*$", "^([ab]|cd)*$")]
    [InlineData("^a**b+?$", "^a*b+$")]
    [InlineData("^(a*)*(b?){2}$", "^a*b{0,2}$")]
    [InlineData("^((([a-z]+)+)+)+$", "^[a-z]+$")]
    [InlineData("^([a-z]?){30}[a-z]{0,30}$", "^[a-z]{0,60}$")]
    [InlineData("^a{2}a*a$", "^a{3,}$")]
    [InlineData("^x{1,5000}$", "^x+$")]
    [InlineData("^(?i)ab[c-d](?-i:E)$", "^[Aa][Bb][C-Dc-d]E$", "^[Aa][Bb][CDcd]E$")]
    [InlineData(@"^(?P<y>\d)\1$", "^[0-9][0-9]$")]
    [InlineData(@"^(?=.*\d)\bfoo\b(?!x)$", "^foo$")]
    [InlineData(@"\.md$", $"^{Any}[.]md$")]
    [InlineData("^[A-Z]", $"^[A-Z]{Any}$")]
    [InlineData("a+", $"^{Any}a{Any}$")]
    [InlineData("^a|b$", $"^(a{Any}|{Any}b)$")]
    [InlineData("^(a|b$)", $"^(a{Any}|b)$")]
    [InlineData("""^["\\\n]$""", """^([\\]["\\n])$""")]
    [InlineData("^é+[а-я]$", "^[é]+[а-я]$")]
    [InlineData(@"^\u{1F600}\ud83d\ude00$", @"^[\U0001F600][\U0001F600]$")]
    [InlineData(@"^[\]\[\\^-]$", @"^([\x2D\[\]\x5E]|[\\][\\])$")]
    public void Is_translated(string pattern, string translated, string? orElse = null)
    {
        var actual = PatternTranslation.Translate(pattern);
        Assert.Equal(actual == orElse ? orElse : translated, actual);
    }

    [Theory]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("[a")]
    [InlineData("[z-a]")]
    [InlineData("*a")]
    [InlineData("a{3,1}")]
    [InlineData("\\")]
    [InlineData(@"\h")]
    [InlineData("(?R)")]
    [InlineData(@"\p{Nonsense}")]
    [InlineData("a^b")]
    [InlineData(".*")]
    [InlineData("")]
    [InlineData("^(([a-z]+-?)+ ?)+$")]
    [InlineData("^(a?b?){20}$")]
    [InlineData("^([a-z]+ ?)+$")]
    public void Is_not_enforced(string pattern) => Assert.Null(PatternTranslation.Translate(pattern));

    [Theory]
    [InlineData("^(a$", "(?:^(a$)")]
    [InlineData("^(a", "^(a")]
    [InlineData("(?=x)$", "(?=x)$")]
    public void What_is_not_enforced_is_still_shown_to_the_model(string pattern, string shown) => Assert.Equal(shown, PatternTranslation.Unenforced(pattern));

    [Theory]
    [InlineData(@"^\p{L}+$", "añЖ中", "a1")]
    [InlineData(@"^\p{Lu}\p{Ll}*$", "Éa", "éa")]
    [InlineData(@"^\P{L}$", "1", "a")]
    [InlineData(@"^[^\p{L}]$", "中", "a")]
    [InlineData(@"^\s$", "\u3000", "x")]
    [InlineData(@"^\S+$", "\"\\é", "a\nb")]
    [InlineData("^.$", "\\", "\n")]
    [InlineData(@"^[^/]+/[^/]+$", "a\"\t/b", "a/b/c")]
    [InlineData(@"^(\d{1,3}\.){3}\d{1,3}$", "127.0.0.1", "127.0.0")]
    [InlineData(@"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$", "123e4567-e89b-12d3-a456-426614174000", "123e4567")]
    [InlineData("^([a-z0-9]+(-[a-z0-9]+)*\\.)+[a-z]{2,}$", "a-b.example.com", "a..b")]
    [InlineData("x", "axb", "ab")]
    public void Matches_the_JSON_text_of_the_same_texts(string pattern, string matching, string other)
    {
        var translated = PatternTranslation.Translate(pattern);
        Assert.NotNull(translated);
        Assert.Matches(translated, Escaped(matching));
        Assert.DoesNotMatch(translated, Escaped(other));
    }

    [Fact]
    public void Random_patterns_match_no_fewer_texts_than_before()
    {
        var random = new Random(1);
        var compared = 0;
        for (var number = 0; number < 2000; number++)
        {
            var pattern = RandomPattern(random);
            if (PatternTranslation.Translate(pattern) is not { } translated)
            {
                continue;
            }

            var before = new Regex(pattern, RegexOptions.ECMAScript);
            var after = new Regex(translated);
            for (var text = 0; text < 20; text++)
            {
                var sample = string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => "abcx1-. \"\\/"[random.Next(11)]));
                if (before.IsMatch(sample))
                {
                    compared++;
                    Assert.True(after.IsMatch(Escaped(sample)), $"{pattern} became {translated}, which does not match {sample}");
                }
            }
        }

        Assert.True(compared > 2000, $"{compared}");
    }

    [Fact]
    public void No_pattern_takes_long()
    {
        var watch = Stopwatch.StartNew();
        foreach (var pattern in (string[])[string.Concat(Enumerable.Repeat("(a?b?){1,16}", 300)), new('(', 4000), string.Concat(Enumerable.Repeat("[a-z]?", 600)), $"^{string.Concat(Enumerable.Repeat("((a|b?)*c?){9}", 200))}$", new('a', 4000)])
        {
            PatternTranslation.Translate(pattern);
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    private static string RandomPattern(Random random)
    {
        string[] atoms = ["a", "b", "[a-c]", @"\d", @"\w", ".", "(ab|c)", "(a?)", "[^x]", @"\s", "(?:x|b|)", @"\.", "\"", @"\\", "(a+b*)", "-"];
        string[] quantifiers = ["", "", "", "", "*", "+", "?", "{2}", "{0,3}", "{2,}", "*?"];
        return (random.Next(2) == 0 ? "^" : "") + string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => atoms[random.Next(atoms.Length)] + quantifiers[random.Next(quantifiers.Length)])) + (random.Next(2) == 0 ? "$" : "");
    }

    /// <summary>The text between the quotes of a JSON string, with as few escapes as possible.</summary>
    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);
}

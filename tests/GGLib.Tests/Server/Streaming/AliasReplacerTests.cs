using System.Buffers;
using System.Text;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Streaming;

public sealed class AliasReplacerTests
{
    private const string Alias = "gglib-0123456789";

    [Theory]
    [InlineData("""{"model":"gglib-0123456789","x":1}""")]
    [InlineData("gglib-0123456789")]
    [InlineData("gglib-gglib-0123456789")]
    [InlineData("gglib-012345678gglib-0123456789")]
    [InlineData("ggggglib-0123456789 gglib-0123456789gglib-0123456789")]
    [InlineData("gglib-0123456788")]
    [InlineData("xgglib-")]
    [InlineData("gglib-01234567")]
    [InlineData("")]
    public void The_alias_is_replaced_wherever_the_bytes_are_cut(string text)
    {
        var expected = text.Replace(Alias, "tiny:ü", StringComparison.Ordinal);
        for (var first = 0; first <= text.Length; first++)
        {
            for (var second = first; second <= text.Length; second++)
            {
                Assert.Equal(expected, Replace(text[..first], text[first..second], text[second..]));
            }
        }

        Assert.Equal(expected, Replace([.. text.Select(character => character.ToString())]));
    }

    [Fact]
    public void Random_text_of_the_aliass_own_letters_is_replaced_as_a_whole_would_be()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var random = new Random(seed);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => "ab"[random.Next(2)]));
            var pieces = new List<string>();
            for (var at = 0; at < text.Length;)
            {
                var length = random.Next(1, 5);
                pieces.Add(text[at..Math.Min(text.Length, at + length)]);
                at += length;
            }

            Assert.True(text.Replace("aab", "-", StringComparison.Ordinal) == Replace("aab", "-", [.. pieces]), $"seed {seed}: {text}");
        }
    }

    private static string Replace(params string[] pieces) => Replace(Alias, "tiny:ü", pieces);

    private static string Replace(string alias, string name, string[] pieces)
    {
        var output = new ArrayBufferWriter<byte>();
        var replacer = new AliasReplacer(Encoding.UTF8.GetBytes(alias), Encoding.UTF8.GetBytes(name));
        foreach (var piece in pieces)
        {
            replacer.Write(Encoding.UTF8.GetBytes(piece), output);
        }

        replacer.Complete(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}

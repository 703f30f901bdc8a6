using System.Buffers;
using System.Text;
using GGLib.Server.Dialects.OpenAI;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Streaming;

public sealed class ReasoningEchoTests
{
    private const string Alias = "gglib-0123456789";

    [Theory]
    [InlineData("""{"delta":{"reasoning_content":"a"}}""", """{"delta":{"reasoning_content":"a","reasoning":"a"}}""")]
    [InlineData("""{"delta":{"reasoning_content":"","content":"x"}}""", """{"delta":{"reasoning_content":"","reasoning":"","content":"x"}}""")]
    [InlineData("""{"reasoning_content":"q\"\\","m":"\u00e9 \\"}""", """{"reasoning_content":"q\"\\","reasoning":"q\"\\","m":"\u00e9 \\"}""")]
    [InlineData("""{"reasoning_content":"é\\\"","x":1}{"reasoning_content":"b"}""", """{"reasoning_content":"é\\\"","reasoning":"é\\\"","x":1}{"reasoning_content":"b","reasoning":"b"}""")]
    [InlineData("""{"content":"\"reasoning_content\":\"a\""}""", """{"content":"\"reasoning_content\":\"a\""}""")]
    [InlineData("""{"content":"","reasoning_content":"a"}""", """{"content":"","reasoning_content":"a","reasoning":"a"}""")]
    [InlineData("""{"reasoning_content":null,"reasoning_contents":"a"}""", """{"reasoning_content":null,"reasoning_contents":"a"}""")]
    [InlineData("", "")]
    public void Thinking_has_both_names_wherever_the_bytes_are_cut(string given, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(given);
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
            {
                Assert.Equal(expected, Pass(bytes[..first], bytes[first..second], bytes[second..]));
            }
        }

        Assert.Equal(expected, Pass([.. bytes.Select(single => new[] { single })]));
    }

    private static string Pass(params byte[][] pieces)
    {
        var output = new ArrayBufferWriter<byte>();
        var echo = new ReasoningEcho(new AliasReplacer(Encoding.UTF8.GetBytes(Alias), "tiny"u8.ToArray()));
        foreach (var piece in pieces)
        {
            echo.Write(piece, output);
        }

        echo.Complete(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}

using GGLib.Engine.Processes;

namespace GGLib.Tests.Engine.Processes;

/// <summary>Lines of a child, whose length the child chooses.</summary>
public sealed class BoundedLinesTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a\n", "a")]
    [InlineData("a\nb", "a|b")]
    [InlineData("a\r\nb\r\n", "a|b")]
    [InlineData("a\rb\r", "a|b")]
    [InlineData("\n\na\r\r\n", "||a|")]
    public async Task Lines_end_as_those_of_a_text_reader(string text, string expected)
    {
        Assert.Equal(expected, string.Join('|', await LinesAsync(new StringReader(text))));
        Assert.Equal(expected, string.Join('|', await LinesAsync(new OneByOne(text))));
        using var reference = new StringReader(text);
        Assert.Equal(expected, string.Join('|', reference.ReadToEnd().Length == 0 ? [] : ReferenceLines(text)));
    }

    [Fact]
    public async Task The_rest_of_a_long_line_is_dropped_and_the_next_line_is_whole()
    {
        var lines = await LinesAsync(new StringReader(new string('x', 100_000) + "\n" + new string('y', BoundedLines.Longest) + "\nnext"));

        Assert.Equal([new string('x', BoundedLines.Longest), new string('y', BoundedLines.Longest), "next"], lines);
    }

    /// <summary>A gigabyte in one line. Read whole it would be two gigabytes of characters.</summary>
    [Fact]
    public async Task A_line_without_end_costs_no_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Single(await LinesAsync(new Endless(1 << 30)));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 << 20);
    }

    private static async Task<List<string>> LinesAsync(TextReader reader)
    {
        var lines = new BoundedLines(reader);
        var all = new List<string>();
        while (await lines.ReadAsync(Limit.Token) is { } line)
        {
            all.Add(line);
        }

        return all;
    }

    private static IEnumerable<string> ReferenceLines(string text)
    {
        using var reader = new StringReader(text);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private sealed class OneByOne(string text) : TextReader
    {
        private int _next;

        public override ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default)
        {
            if (_next == text.Length)
            {
                return new(0);
            }

            buffer.Span[0] = text[_next++];
            return new(1);
        }
    }

    private sealed class Endless(long length) : TextReader
    {
        private long _left = length;

        public override ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(_left, buffer.Length);
            buffer.Span[..count].Fill('x');
            _left -= count;
            return new(count);
        }
    }
}

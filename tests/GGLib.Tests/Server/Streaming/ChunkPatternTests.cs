using System.Text;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Streaming;

/// <summary>A token that is recognised gives what the reader gives for it, and what is not the same token is not taken for it.</summary>
public sealed class ChunkPatternTests
{
    private static readonly string[] Texts =
        ["a", "", " Größe", @"\n", @"\""", @"\\", @"\u00e4", @"\ud83d", "\"", "\\", @"x\", "\t", @"\q", "b\"}},{\"delta\":{\"content\":\"c", "\"}}],\"error\":{\"message\":\"no"];

    [Fact]
    public void Any_text_after_any_other_reads_as_it_does_alone()
    {
        foreach (var shape in (Func<string, string>[])[Samples.Content, Samples.Reasoning, Samples.Completion])
        {
            foreach (var text in Texts)
            {
                AssertSame([Samples.Role, shape("first"), shape(text), shape("last"), Samples.Finish, Samples.Usage]);
            }
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_are_repaired_as_ever()
    {
        var broken = Encoding.UTF8.GetBytes(Samples.Content("aXb"));
        broken[Array.IndexOf(broken, (byte)'X')] = 0xff;
        var (recognised, alone) = (new RecordedEvents(), new RecordedEvents());
        var pattern = new ChunkPattern(recognised);
        pattern.Read(Encoding.UTF8.GetBytes(Samples.Content("first")));

        Assert.Equal(ChunkReader.Read(broken, alone), pattern.Read(broken));
        Assert.Equal(["content first", .. alone.Pieces], recognised.Pieces);
    }

    [Fact]
    public void An_event_that_differs_around_its_text_is_read_whole() => AssertSame(
    [
        Samples.Content("a"),
        Samples.Content("a").Replace("\"finish_reason\":null", "\"finish_reason\":\"stop\"", StringComparison.Ordinal),
        Samples.Content("a").Replace("chat.completion.chunk\"", "chat.completion.chunk\",\"usage\":{\"completion_tokens\":2}", StringComparison.Ordinal),
        Samples.Reasoning("a"),
        Samples.Content("b"),
        Samples.Error,
    ]);

    private static void AssertSame(string[] events)
    {
        var (recognised, alone) = (new RecordedEvents(), new RecordedEvents());
        var pattern = new ChunkPattern(recognised);
        foreach (var data in events.Select(Encoding.UTF8.GetBytes))
        {
            Assert.Equal(ChunkReader.Read(data, alone), pattern.Read(data));
        }

        Assert.Equal(alone.Pieces, recognised.Pieces);
    }
}

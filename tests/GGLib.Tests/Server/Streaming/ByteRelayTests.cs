using System.IO.Pipelines;
using System.Text;
using GGLib.Server.Streaming;
using GGLib.Tests.Engine.Processes;

namespace GGLib.Tests.Server.Streaming;

public sealed class ByteRelayTests
{
    private const string Alias = "gglib-0123456789abcdef0123";
    private static readonly string Events = Samples.Body(Samples.Role, Samples.Content("a"), Samples.Usage, "[DONE]");
    private static readonly string Expected = Events.Replace(Alias, "tiny", StringComparison.Ordinal);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_pass_unchanged_but_for_the_name_wherever_they_are_cut()
    {
        var bytes = Encoding.UTF8.GetBytes(Events);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            foreach (var isEventStream in (bool[])[true, false])
            {
                var (text, whole) = await RelayAsync(ScriptedStream.Of([bytes[..cut], bytes[cut..]]), isEventStream);

                Assert.Equal(Expected, text);
                Assert.True(whole);
            }
        }
    }

    [Fact]
    public async Task A_stream_of_single_bytes_passes()
    {
        var (text, whole) = await RelayAsync(ScriptedStream.Of(Encoding.UTF8.GetBytes(Events).Chunk(1)), isEventStream: true);

        Assert.Equal((Expected, true), (text, whole));
    }

    [Fact]
    public async Task An_event_longer_than_a_read_passes_whole()
    {
        var events = Samples.Body(Samples.Content("a"), Samples.Content(new string('x', 40_000)), Samples.Content("b"));

        var (text, whole) = await RelayAsync(ScriptedStream.Of(Encoding.UTF8.GetBytes(events).Chunk(5_000)), isEventStream: true);

        Assert.Equal((events.Replace(Alias, "tiny", StringComparison.Ordinal), true), (text, whole));
    }

    [Fact]
    public async Task An_event_that_was_cut_off_is_dropped()
    {
        for (var cut = 0; cut < Samples.Role.Length; cut++)
        {
            using var upstream = new ScriptedStream();
            upstream.Send(Samples.Body(Samples.Content("a")) + "data: " + Samples.Role[..cut]);
            upstream.Break();
            var pipe = new Pipe();
            var relay = new ByteRelay(pipe.Writer, Replacer(), TextMark.Chat, isEventStream: true);

            Assert.False(await relay.CopyAsync(upstream, Cancellation, Cancellation));

            Assert.Equal(Samples.Body(Samples.Content("a").Replace(Alias, "tiny", StringComparison.Ordinal)), await ReadAsync(pipe));
        }
    }

    [Theory]
    [InlineData("data: [DONE]\n\n")]
    public async Task An_engine_that_ends_behind_the_last_event_breaks_nothing(string last)
    {
        using var upstream = new ScriptedStream();
        upstream.Send("data: 1\n\n" + last);
        upstream.Break();
        var pipe = new Pipe();

        Assert.True(await new ByteRelay(pipe.Writer, Replacer(), TextMark.Chat, isEventStream: true).CopyAsync(upstream, Cancellation, Cancellation));

        Assert.Equal("data: 1\n\n" + last, await ReadAsync(pipe));
    }

    [Fact]
    public async Task What_was_read_reaches_the_client_before_more_is_waited_for()
    {
        using var upstream = new ScriptedStream();
        var pipe = new Pipe();
        var relaying = new ByteRelay(pipe.Writer, Replacer(), TextMark.Chat, isEventStream: true).CopyAsync(upstream, Cancellation, Cancellation);
        upstream.Send("data: 1\n\ndata: 2\n\ndata: 3");

        var first = await pipe.Reader.ReadAsync(Limit.Token);
        Assert.Equal("data: 1\n\ndata: 2\n\n", Encoding.UTF8.GetString(first.Buffer));
        pipe.Reader.AdvanceTo(first.Buffer.End);
        upstream.Send("\n");
        upstream.Send("\n");
        var second = await pipe.Reader.ReadAsync(Limit.Token);
        Assert.Equal("data: 3\n\n", Encoding.UTF8.GetString(second.Buffer));
        upstream.End();
        Assert.True(await relaying.Within());
    }

    [Fact]
    public async Task An_end_that_was_ordered_is_no_whole_answer()
    {
        using var upstream = new ScriptedStream();
        using var ending = new CancellationTokenSource();
        var relaying = new ByteRelay(new Pipe().Writer, Replacer(), TextMark.Chat, isEventStream: true).CopyAsync(upstream, ending.Token, Cancellation);

        await ending.CancelAsync();

        Assert.False(await relaying.Within());
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_copy()
    {
        using var upstream = new ScriptedStream();
        using var leaving = new CancellationTokenSource();
        var relaying = new ByteRelay(new Pipe().Writer, Replacer(), TextMark.Chat, isEventStream: true).CopyAsync(upstream, leaving.Token, leaving.Token);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => relaying.Within());
        await upstream.GivenUp.Within();
    }

    private static AliasReplacer Replacer() => new(Encoding.ASCII.GetBytes(Alias), "tiny"u8.ToArray());

    private static async Task<(string Text, bool Whole)> RelayAsync(Stream upstream, bool isEventStream)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var whole = await new ByteRelay(pipe.Writer, Replacer(), TextMark.Chat, isEventStream).CopyAsync(upstream, Cancellation, Cancellation);
        return (await ReadAsync(pipe), whole);
    }

    private static async Task<string> ReadAsync(Pipe pipe)
    {
        await pipe.Writer.CompleteAsync();
        var all = await pipe.Reader.ReadAtLeastAsync(int.MaxValue, Cancellation);
        return Encoding.UTF8.GetString(all.Buffer);
    }
}

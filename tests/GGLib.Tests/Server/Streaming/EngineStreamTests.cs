using System.Text;
using GGLib.Server.Streaming;
using GGLib.Tests.Engine.Processes;

namespace GGLib.Tests.Server.Streaming;

public sealed class EngineStreamTests
{
    private static readonly string Chat = Samples.Body(
        Samples.Role, Samples.Reasoning("hm"), Samples.Content("Hé"), Samples.Logprobs, Samples.ToolStart, Samples.ToolRest, Samples.Finish, Samples.Usage, "[DONE]");

    private static readonly string[] ChatPieces =
    [
        "role",
        "reasoning hm",
        "content Hé",
        """logprobs [{"id":70,"token":"h","bytes":[104],"logprob":-0.5,"top_logprobs":[{"id":70,"token":"h","bytes":[104],"logprob":-0.5},{"id":71,"token":"\"","bytes":[34],"logprob":-1.25}]}]""",
        "content h",
        """tool 0 abc123 get_weather {\"city\":""",
        """tool 0   \"Köln\"}""",
        "finish Stop",
        "usage 11 2 3500000 250000",
    ];

    [Fact]
    public async Task The_same_text_cut_at_every_byte_gives_the_same_events()
    {
        var bytes = Encoding.UTF8.GetBytes(Chat);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var (pieces, end) = await RecordedEvents.ReadAsync(ScriptedStream.Of([bytes[..cut], bytes[cut..]]));

            Assert.Equal(ChatPieces, pieces);
            Assert.Equal(StreamEnd.Done, end);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Pieces_of_a_few_bytes_give_the_same_events(int size)
    {
        var (pieces, end) = await RecordedEvents.ReadAsync(ScriptedStream.Of(Encoding.UTF8.GetBytes(Chat).Chunk(size)));

        Assert.Equal(ChatPieces, pieces);
        Assert.Equal(StreamEnd.Done, end);
    }

    [Fact]
    public async Task Carriage_returns_and_pings_change_nothing()
    {
        var text = ": ping\n\n" + Chat.Replace("\n\n", "\r\n\r\n: ping\r\n\r\n", StringComparison.Ordinal);
        for (var cut = 0; cut <= 64; cut++)
        {
            var (pieces, end) = await RecordedEvents.ReadAsync(ScriptedStream.Of(text[..cut], text[cut..]));

            Assert.Equal(ChatPieces, pieces);
            Assert.Equal(StreamEnd.Done, end);
        }
    }

    [Fact]
    public async Task Completion_has_no_mark_of_its_end()
    {
        var (pieces, end) = await RecordedEvents.ReadAsync(ScriptedStream.Of(Samples.Body(Samples.Completion("a"), Samples.CompletionEnd)));

        Assert.Equal(["content a", "usage 11 1  ", "finish Length", "usage 11 2 3500000 250000"], pieces);
        Assert.Equal(StreamEnd.Closed, end);
    }

    [Fact]
    public async Task An_event_without_its_last_line_end_does_not_count_as_the_end()
    {
        var (pieces, end) = await RecordedEvents.ReadAsync(ScriptedStream.Of(Samples.Body(Samples.Content("a")) + "data: {\"choices\":[{\"finish_reason\":\"st"));

        Assert.Equal(["content a"], pieces);
        Assert.NotEqual(StreamEnd.Done, end);
    }

    [Fact]
    public async Task What_follows_the_end_is_not_read()
    {
        var (pieces, end) = await RecordedEvents.ReadAsync(ScriptedStream.Of(Samples.Body("[DONE]", Samples.Content("late"))));

        Assert.Empty(pieces);
        Assert.Equal(StreamEnd.Done, end);
    }

    [Fact]
    public async Task An_error_event_ends_the_stream()
    {
        var (pieces, end) = await RecordedEvents.ReadAsync(ScriptedStream.Of(Samples.Body(Samples.Content("a"), Samples.Error, Samples.Content("b"))));

        Assert.Equal(["content a", "error 500 Compute error."], pieces);
        Assert.Equal(StreamEnd.Error, end);
    }

    [Fact]
    public async Task What_is_no_event_ends_the_stream()
    {
        var (pieces, end) = await RecordedEvents.ReadAsync(ScriptedStream.Of(Samples.Body(Samples.Content("a"), "<html>", Samples.Content("b"))));

        Assert.Equal(["content a"], pieces);
        Assert.Equal(StreamEnd.Malformed, end);
    }

    [Fact]
    public async Task A_broken_connection_is_told_apart()
    {
        using var upstream = new ScriptedStream();
        upstream.Event(Samples.Content("a"));
        upstream.Break();

        var (pieces, end) = await RecordedEvents.ReadAsync(upstream);

        Assert.Equal(["content a"], pieces);
        Assert.Equal(StreamEnd.Broken, end);
    }

    [Fact]
    public async Task One_flush_for_each_read_and_before_waiting_for_more()
    {
        using var upstream = new ScriptedStream();
        var sink = new RecordedEvents();
        var flushed = System.Threading.Channels.Channel.CreateUnbounded<int>();
        upstream.Send(Samples.Body(Samples.Role, Samples.Content("a"), Samples.Content("b")));
        var reading = EngineStream.ReadAsync(
            upstream,
            sink,
            _ =>
            {
                flushed.Writer.TryWrite(sink.Pieces.Count);
                return ValueTask.CompletedTask;
            },
            TestContext.Current.CancellationToken);

        // Three events in one read: one flush, while the upstream is still open.
        Assert.Equal(3, await flushed.Reader.ReadAsync(Limit.Token));
        upstream.Send(Samples.Body(Samples.Content("c"), Samples.Content("d")));
        Assert.Equal(5, await flushed.Reader.ReadAsync(Limit.Token));
        upstream.Send(Samples.Body(Samples.Finish, "[DONE]"));

        Assert.Equal(StreamEnd.Done, await reading.Within());
        Assert.False(flushed.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_client_that_leaves_while_it_is_written_to_is_told_as_that()
    {
        using var upstream = new ScriptedStream();
        using var leaving = new CancellationTokenSource();
        upstream.Event(Samples.Content("a"));

        var reading = EngineStream.ReadAsync(
            upstream,
            new RecordedEvents(),
            async cancellation =>
            {
                await leaving.CancelAsync();
                cancellation.ThrowIfCancellationRequested();
            },
            leaving.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.Within());
        await upstream.GivenUp.Within();
    }

    [Fact]
    public async Task A_write_that_fails_leaves_no_read_behind()
    {
        using var upstream = new ScriptedStream();
        upstream.Event(Samples.Content("a"));

        var reading = EngineStream.ReadAsync(
            upstream, new RecordedEvents(), _ => throw new InvalidOperationException("the response is over"), TestContext.Current.CancellationToken);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => reading.Within());
        Assert.Equal("the response is over", exception.Message);
        await upstream.GivenUp.Within();
    }

    [Fact]
    public async Task A_line_of_several_megabytes_is_read()
    {
        var prompt = new string('x', 9 << 20);
        var (pieces, end) = await RecordedEvents.ReadAsync(ScriptedStream.Of($$"""data: {"content":"a","stop_type":"eos","prompt":"{{prompt}}"}""" + "\n\n"));

        Assert.Equal(["content a", "finish Stop"], pieces);
        Assert.Equal(StreamEnd.Closed, end);
    }

    [Fact]
    public async Task An_event_that_never_ends_is_a_fault_of_the_engine()
    {
        var block = new byte[1 << 20];
        block.AsSpan().Fill((byte)'x');
        var (pieces, end) = await RecordedEvents.ReadAsync(ScriptedStream.Of(Enumerable.Repeat(block, 70).Prepend("data: "u8.ToArray())));

        Assert.Empty(pieces);
        Assert.Equal(StreamEnd.Malformed, end);
    }
}

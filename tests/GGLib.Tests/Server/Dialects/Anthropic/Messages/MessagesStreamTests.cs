using System.Buffers;
using GGLib.Server.Dialects.Anthropic.Messages;
using GGLib.Server.Failures;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Dialects.Anthropic.Messages;

/// <summary>The stream of events of <c>POST /v1/messages</c>.</summary>
public sealed class MessagesStreamTests
{
    private const string Start = """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"tiny","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":4,"cache_creation_input_tokens":0,"cache_read_input_tokens":6,"output_tokens":0}}}


        """;

    private static AnswerScript Stream => new AnswerScript(stream: true).Prompt(10, 6);

    [Fact]
    public void Text_is_one_block()
    {
        var text = Stream.Accept(StreamEvent.Role()).Say("Par\"is").Say(" é\n").Generated(7).Finish(FinishReason.Stop).Complete();

        Assert.Equal(
            Start + """
            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Par\"is"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" é\n"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":4,"cache_creation_input_tokens":0,"cache_read_input_tokens":6,"output_tokens":7}}

            event: message_stop
            data: {"type":"message_stop"}


            """,
            text);
    }

    [Fact]
    public void Thinking_text_and_calls_are_blocks_of_their_own()
    {
        var text = Stream.Think("hm").Say("So").Call(0, "abc", "get", "").Arguments(0, "{\"city\":").Arguments(0, "\"Rome\"}").Call(1, "", "list", "").Generated(9)
            .Finish(FinishReason.ToolCalls).Complete();

        Assert.Equal(
            Start + """
            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"Z2dsaWI="}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: content_block_start
            data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"So"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":1}

            event: content_block_start
            data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_abc","name":"get","input":{},"caller":{"type":"direct"}}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"city\":"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"\"Rome\"}"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":2}

            event: content_block_start
            data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_new","name":"list","input":{},"caller":{"type":"direct"}}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{}"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":3}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":4,"cache_creation_input_tokens":0,"cache_read_input_tokens":6,"output_tokens":9}}

            event: message_stop
            data: {"type":"message_stop"}


            """,
            text);
    }

    [Fact]
    public void A_truncated_call_is_closed()
    {
        var text = Stream.Call(0, "a", "get", "{\"city\":\"Ro").Generated(5).Finish(FinishReason.Length).Complete();

        Assert.EndsWith(
            """
            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"city\":\"Ro"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},"usage":{"input_tokens":4,"cache_creation_input_tokens":0,"cache_read_input_tokens":6,"output_tokens":5}}

            event: message_stop
            data: {"type":"message_stop"}


            """,
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Interleaved_calls_are_written_one_after_the_other()
    {
        var events = BlockEvents(Stream.Call(0, "a", "get", "{\"x\":").Call(1, "b", "put", "{\"y\"").Say("text").Arguments(1, ":2}").Arguments(0, "1}").Arguments(0, "}").Say("end")
            .Finish(FinishReason.ToolCalls).Complete());

        Assert.Equal(
            [
                "start 0 tool_use", "delta 0 {\\\"x\\\":", "delta 0 1}", "stop 0",
                "start 1 tool_use", "delta 1 {\\\"y\\\":2}", "stop 1",
                "start 2 text", "delta 2 text", "delta 2 end", "stop 2",
            ],
            events);
    }

    [Fact]
    public void Text_behind_a_call_that_never_ends_is_written_at_the_end()
    {
        var events = BlockEvents(Stream.Call(0, "a", "get", "{").Say("text").Finish(FinishReason.Length).Complete());

        Assert.Equal(["start 0 tool_use", "delta 0 {", "stop 0", "start 1 text", "delta 1 text", "stop 1"], events);
    }

    [Fact]
    public void Thinking_may_come_again()
    {
        var events = BlockEvents(Stream.Think("a").Say("b").Think("c").Finish(FinishReason.Stop).Complete());

        Assert.Equal(
            ["start 0 thinking", "delta 0 a", "delta 0 Z2dsaWI=", "stop 0", "start 1 text", "delta 1 b", "stop 1", "start 2 thinking", "delta 2 c", "delta 2 Z2dsaWI=", "stop 2"], events);
    }

    [Fact]
    public void An_empty_answer_has_an_empty_text_block()
    {
        var text = Stream.Finish(FinishReason.Stop).Complete();

        Assert.StartsWith(Start, text, StringComparison.Ordinal);
        Assert.Equal(["start 0 text", "stop 0"], BlockEvents(text));
    }

    [Theory]
    [InlineData("Stop", "END", "\"stop_reason\":\"stop_sequence\",\"stop_sequence\":\"END\"")]
    [InlineData("Stop", "<|im_end|>", "\"stop_reason\":\"end_turn\",\"stop_sequence\":null")]
    [InlineData("Stop", "\"\n", "\"stop_reason\":\"stop_sequence\",\"stop_sequence\":\"\\\"\\n\"")]
    [InlineData("Length", "", "\"stop_reason\":\"max_tokens\",\"stop_sequence\":null")]
    [InlineData("ToolCalls", "", "\"stop_reason\":\"end_turn\",\"stop_sequence\":null")]
    public void A_stop_has_its_reason(string finish, string stop, string expected)
    {
        Assert.Contains("{" + expected + "}", new AnswerScript(stream: true, "END", "\"\n").Say("a").Finish(Enum.Parse<FinishReason>(finish), stop).Complete(), StringComparison.Ordinal);
        Assert.Contains("," + expected + ",", new AnswerScript(stream: false, "END", "\"\n").Say("a").Finish(Enum.Parse<FinishReason>(finish), stop).Complete(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_ping_precedes_the_start_until_the_prompt_is_counted()
    {
        const string ping = "event: ping\ndata: {\"type\":\"ping\"}\n\n";
        var script = new AnswerScript(stream: true).Ping();
        Assert.True(script.Writer.HasOutput);
        Assert.Equal(ping + ping, script.Ping().Text);

        script.Prompt(10, 6).Ping().Ping();
        Assert.Equal(ping + ping + Start + ping + ping, script.Text);
        Assert.StartsWith(ping + ping + Start + ping + ping + "event: content_block_start\n", script.Say("a").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_written_before_the_first_piece()
    {
        var script = Stream;
        script.Writer.Begin();

        Assert.Equal("", script.Accept(StreamEvent.Role()).Say("").Text);
        Assert.False(script.Writer.HasOutput);
        Assert.StartsWith(Start, script.Say("a").Text, StringComparison.Ordinal);
        Assert.True(script.Writer.HasOutput);
    }

    [Fact]
    public void An_answer_that_breaks_off_ends_with_an_error()
    {
        var script = Stream.Say("a");
        var before = script.Text;

        Assert.Equal(
            before + """
            event: error
            data: {"type":"error","error":{"type":"api_error","message":"the \"model\" crashed"},"request_id":"req_1"}


            """,
            script.Fail(new InferenceFailure.Crashed("the \"model\" crashed")));
    }

    [Fact]
    public void Counts_that_come_only_at_the_end_are_in_the_last_event()
    {
        var text = new AnswerScript(stream: true).Say("a").Finish(FinishReason.Stop).Prompt(10, 6).Generated(3).Complete();

        Assert.Contains("\"stop_sequence\":null,\"usage\":{\"input_tokens\":0,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":0}}}", text, StringComparison.Ordinal);
        Assert.Contains("\"stop_sequence\":null},\"usage\":{\"input_tokens\":4,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":6,\"output_tokens\":3}}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_piece_allocates_nothing()
    {
        var writer = new MessagesWriter(new SameBuffer(), new() { Model = "tiny", Stream = true }, "req_1");
        writer.Accept(StreamEvent.Content("a"u8));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < 100; index++)
        {
            writer.Accept(StreamEvent.Content("some \\\"text\\\""u8));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string[] BlockEvents(string text) => [.. SseEvent.Parse(text).Select(static piece => piece.Block).OfType<string>()];

    /// <summary>Takes everything into the same bytes.</summary>
    private sealed class SameBuffer : IBufferWriter<byte>
    {
        private readonly byte[] _bytes = new byte[4096];

        public void Advance(int count)
        {
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => _bytes;

        public Span<byte> GetSpan(int sizeHint = 0) => _bytes;
    }
}

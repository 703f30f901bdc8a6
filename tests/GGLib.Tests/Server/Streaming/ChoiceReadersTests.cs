using System.Text;
using GGLib.Server.Telemetry;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Streaming;

/// <summary>The readers between the engine's events and a dialect's writer: of several answers, and of the first tool call.</summary>
public sealed class ChoiceReadersTests
{
    [Fact]
    public void Interleaved_answers_are_read_apart()
    {
        var events = new Events();
        var readers = new ChoiceReaders(events, static answer => new AnswerTextReader(answer, thinks: true, isThinking: false, new ToolCallText("<tool_call>", new HashSet<string>())));
        foreach (var (choice, text) in new[] { (0, "<thi"), (1, "<think>a"), (0, "nk>b"), (1, "</think>c"), (0, "</think>d") })
        {
            readers.Accept(StreamEvent.Content(Encoding.UTF8.GetBytes(text)) with { Choice = choice });
        }

        readers.Accept(StreamEvent.Finished(FinishReason.Stop) with { Choice = 1 });
        readers.Accept(StreamEvent.Finished(FinishReason.Length) with { Choice = 0 });

        Assert.Equal(["1 reasoning a", "reasoning b", "1 content c", "content d", "1 finish Stop", "finish Length"], events.Recorded.Pieces);
    }

    [Fact]
    public void Only_the_first_call_is_kept()
    {
        var events = new Events();
        var filter = new SingleCallFilter(events);
        filter.Accept(StreamEvent.Content("x"u8));
        filter.Accept(StreamEvent.ToolCall(0, "c0"u8, "f"u8, "{"u8));
        filter.Accept(StreamEvent.ToolCall(0, default, default, "}"u8));
        filter.Accept(StreamEvent.ToolCall(1, "c1"u8, "g"u8, "{}"u8));
        filter.Accept(StreamEvent.Finished(FinishReason.ToolCalls));

        Assert.Equal(["content x", "tool 0 c0 f {", "tool 0   }", "finish ToolCalls"], events.Recorded.Pieces);
    }

    [Theory]
    [InlineData("<tool_call>", true, "")]
    [InlineData("<tool_call>", false, "content <tool_call>{")]
    [InlineData("", true, "content {")]
    public void A_marked_call_that_was_cut_off_is_not_text(string mark, bool isCutOff, string told)
    {
        var finish = isCutOff ? FinishReason.Length : FinishReason.Stop;
        var events = new Events();
        var reader = new AnswerTextReader(events, thinks: false, isThinking: false, new ToolCallText(mark, new HashSet<string> { "f" }));
        reader.Accept(StreamEvent.Content(Encoding.UTF8.GetBytes(mark + "{")));
        reader.Accept(StreamEvent.Finished(finish));

        Assert.Equal(told.Length > 0 ? [told, $"finish {finish}"] : [$"finish {finish}"], events.Recorded.Pieces);
    }

    private sealed class Events : IAnswer
    {
        public RecordedEvents Recorded { get; } = new();

        public FinishReason Finish => FinishReason.None;

        public string? EngineError => null;

        public int EngineErrorStatus => 0;

        public long GeneratedTokens => 0;

        public TokenUsage Usage => default;

        public void Accept(scoped in StreamEvent piece) => Recorded.Accept(piece);
    }
}

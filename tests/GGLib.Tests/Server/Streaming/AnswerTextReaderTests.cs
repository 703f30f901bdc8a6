using System.Text;
using GGLib.Catalog.Templates;
using GGLib.Server.Json;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;

namespace GGLib.Tests.Server.Streaming;

/// <summary>Thinking and tool calls in an answer that the engine passes on as one text.</summary>
public sealed class AnswerTextReaderTests
{
    private static readonly HashSet<string> Tools = ["weather", "time"];

    [Theory]
    [InlineData("<think>\\nWell\\n</think>\\n\\nYes.", "Well\\n", "Yes.", "")]
    [InlineData(" \\n<think>a < b </thin</think>Yes </think> no", "a < b </thin", "Yes </think> no", "")]
    [InlineData("<think>never closed", "never closed", "", "")]
    [InlineData("<think></think>", "", "", "")]
    [InlineData("\\n Yes <think>no</think>", "", "\\n Yes <think>no</think>", "")]
    [InlineData("<thinking", "", "<thinking", "")]
    [InlineData("<thi", "", "<thi", "")]
    [InlineData("", "", "", "")]
    [InlineData("  ", "", "  ", "")]
    [InlineData("<think>x</think>So: <tool_call>\\n{\\\"name\\\": \\\"weather\\\", \\\"arguments\\\": {\\\"c\\\": \\\"<\\u00e9>\\\"}}\\n</tool_call>", "x", "So: ", "weather({\"c\": \"<é>\"})")]
    [InlineData("<tool_call>{\\\"name\\\":\\\"time\\\",\\\"parameters\\\":{}}</tool_call><tool_call>{\\\"name\\\":\\\"weather\\\",\\\"arguments\\\":{\\\"a\\\":{\\\"b\\\":1}}}", "", "", "time({}),weather({\"a\":{\"b\":1}})")]
    [InlineData("<tool_call>{\\\"name\\\":\\\"rm\\\",\\\"arguments\\\":{}}", "", "<tool_call>{\\\"name\\\":\\\"rm\\\",\\\"arguments\\\":{}}", "")]
    [InlineData("<tool_call>{\\\"name\\\":\\\"time\\\",\\\"argum", "", "<tool_call>{\\\"name\\\":\\\"time\\\",\\\"argum", "")]
    [InlineData("Hello <tool_cat>", "", "Hello <tool_cat>", "")]
    public void However_the_text_is_cut_the_same_is_read(string text, string thinking, string content, string calls)
    {
        for (var piece = 1; piece <= Math.Max(1, text.Length); piece++)
        {
            var read = Read(text, piece, new ToolCallText("<tool_call>", Tools), isThinking: false);
            Assert.Equal((piece, thinking, content, calls), (piece, read.Thinking, read.Content, read.Calls));
        }
    }

    [Theory]
    [InlineData("{\\\"name\\\": \\\"time\\\", \\\"parameters\\\": {}}", "", "time({})")]
    [InlineData("\\n[{\\\"name\\\": \\\"time\\\", \\\"arguments\\\": {}}]", "", "time({})")]
    [InlineData("{\\\"answer\\\": 42}", "{\\\"answer\\\": 42}", "")]
    [InlineData("It is {\\\"name\\\": \\\"time\\\", \\\"parameters\\\": {}}", "It is {\\\"name\\\": \\\"time\\\", \\\"parameters\\\": {}}", "")]
    public void Without_a_mark_only_an_answer_that_begins_with_it_is_a_call(string text, string content, string calls)
    {
        for (var piece = 1; piece <= text.Length; piece++)
        {
            var read = Read(text, piece, new ToolCallText("", Tools), isThinking: false);
            Assert.Equal((piece, content, calls), (piece, read.Content, read.Calls));
        }
    }

    [Fact]
    public void A_prompt_that_ends_in_thinking_is_thought_on()
    {
        var read = Read("so\\n</think>\\nYes", 3, calls: null, isThinking: true);
        Assert.Equal(("so\\n", "Yes"), (read.Thinking, read.Content));
    }

    [Theory]
    [InlineData("""{{ range .Messages }}{{ if .ToolCalls }}{{ range .ToolCalls }}<tool_call>{"name": "{{ .Function.Name }}"}</tool_call>{{ end }}{{ end }}{{ end }}""", "<tool_call>")]
    [InlineData("""{{ range .Messages }}{{ if and .Content .Tools }}x{{ else if .ToolCalls }}[TOOL_CALLS] [{{ range .ToolCalls }}{"name": "{{ .Function.Name }}"}{{ end }}]{{ end }}{{ end }}""", "[TOOL_CALLS]")]
    [InlineData("""{{ range .Messages }}{{ with .ToolCalls }}{{ range . }} {"name": "{{ .Function.Name }}", "parameters": {{ .Function.Arguments }}}{{ end }}{{ end }}{{ end }}""", "")]
    [InlineData("""{{ .Prompt }}""", "")]
    public void The_mark_is_what_the_template_writes_before_calls(string template, string mark) => Assert.Equal(mark, GoTemplate.Parse(template).Template!.ToolCallMark);

    private static Answer Read(string text, int piece, ToolCallText? calls, bool isThinking)
    {
        var answer = new Answer();
        var reader = new AnswerTextReader(answer, thinks: true, isThinking, calls);
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(piece, bytes.Length - at);

            // The engine never cuts an escape.
            while (at + length < bytes.Length && IsInsideEscape(bytes, at + length))
            {
                length++;
            }

            reader.Accept(StreamEvent.Content(bytes.AsSpan(at, length)));
            at += length;
        }

        reader.Accept(StreamEvent.Content([]));
        reader.Accept(StreamEvent.Finished(FinishReason.Stop));
        Assert.Equal(answer.Calls.Length > 0 ? FinishReason.ToolCalls : FinishReason.Stop, reader.Finish);
        return answer;
    }

    private static bool IsInsideEscape(byte[] text, int at)
    {
        for (var index = 0; index < at; index++)
        {
            if (text[index] == (byte)'\\')
            {
                var end = index + (text[index + 1] == (byte)'u' ? 6 : 2);
                if (at < end)
                {
                    return true;
                }

                index = end - 1;
            }
        }

        return false;
    }

    private sealed class Answer : IAnswer
    {
        private readonly List<string> _calls = [];

        public string Thinking { get; private set; } = "";

        public string Content { get; private set; } = "";

        public string Calls => string.Join(',', _calls);

        public FinishReason Finish { get; private set; }

        public string? EngineError => null;

        public int EngineErrorStatus => 0;

        public long GeneratedTokens => 0;

        public TokenUsage Usage => default;

        public void Accept(scoped in StreamEvent piece)
        {
            Assert.Equal(FinishReason.None, Finish);
            switch (piece.Kind)
            {
                case StreamEventKind.Reasoning:
                    Assert.Equal("", Content);
                    Thinking += Encoding.UTF8.GetString(piece.Text);
                    break;
                case StreamEventKind.Content:
                    Content += Encoding.UTF8.GetString(piece.Text);
                    break;
                case StreamEventKind.ToolCallFragment:
                    Assert.Equal(_calls.Count, piece.ToolIndex);
                    _calls.Add($"{EscapedText.ToText(piece.ToolName)}({EscapedText.ToText(piece.Text)})");
                    break;
                case StreamEventKind.Finish:
                    Finish = piece.Finish;
                    break;
            }
        }
    }
}

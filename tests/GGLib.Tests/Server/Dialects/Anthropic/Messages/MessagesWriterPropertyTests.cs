using System.Text;
using System.Text.Json;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Dialects.Anthropic.Messages;

/// <summary>However an answer is cut into pieces, and however calls are interleaved, the joined blocks are the same and the stream is well formed.</summary>
public sealed class MessagesWriterPropertyTests
{
    private static readonly string[] Inputs = ["{}", "", "{\"a\":\"}\\\"{\\\\\"}", " {\"deep\":{\"b\":[{},[1,2]]},\"é\":\"\\u007d\"}", "{\n\t\"x\":\"\\n😀\"}"];

    [Fact]
    public void Arbitrary_pieces()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var calls = Enumerable.Range(0, random.Next(4)).Select(_ => Inputs[random.Next(Inputs.Length)]).ToArray();
            var sources = new List<(string Kind, int Index, string Text)> { ("think", 0, "thinking \"1\"\n"), ("say", 0, "the text\té😀") };
            sources.AddRange(calls.Select((input, index) => ("call", index, input)));
            var stream = new AnswerScript(stream: true).Prompt(5, 0);
            var whole = new AnswerScript(stream: false).Prompt(5, 0);
            Feed(random, sources, stream, whole);

            var events = SseEvent.Parse(stream.Finish(FinishReason.Stop).Complete());
            var blocks = Check(events);
            Assert.Equal("thinking \"1\"\n", string.Concat(blocks.Where(block => block.Type is "thinking").Select(block => block.Text)));
            Assert.Equal("the text\té😀", string.Concat(blocks.Where(block => block.Type is "text").Select(block => block.Text)));
            Assert.Equal(
                calls.Select((input, index) => ($"t{index}", JsonElement.Parse(input.Length == 0 ? "{}" : input).ToString())).Order(),
                blocks.Where(block => block.Type is "tool_use").Select(block => (block.Name!, JsonElement.Parse(block.Text).ToString())).Order());

            var content = JsonElement.Parse(whole.Finish(FinishReason.Stop).Complete()).GetProperty("content");
            Assert.Equal(
                calls.Select((input, index) => ($"t{index}", JsonElement.Parse(input.Length == 0 ? "{}" : input).ToString())).Order(),
                content.EnumerateArray().Where(block => block.GetProperty("type").GetString() is "tool_use").Select(block => (block.GetProperty("name").GetString()!, block.GetProperty("input").ToString())).Order());
            Assert.Equal("the text\té😀", string.Concat(content.EnumerateArray().Where(block => block.GetProperty("type").GetString() is "text").Select(block => block.GetProperty("text").GetString())));
        }
    }

    /// <summary>Cuts each source into pieces and feeds them to both scripts in random order; every source keeps its own order, and calls begin in the order of their indexes.</summary>
    private static void Feed(Random random, List<(string Kind, int Index, string Text)> sources, params AnswerScript[] scripts)
    {
        var at = new int[sources.Count];
        var begun = 0;
        while (true)
        {
            var open = Enumerable.Range(0, sources.Count).Where(index => at[index] <= sources[index].Text.Length && (sources[index].Kind is not "call" || sources[index].Index <= begun)).ToArray();
            if (open.Length == 0)
            {
                return;
            }

            var chosen = open[random.Next(open.Length)];
            var (kind, tool, text) = sources[chosen];
            var start = at[chosen];
            var length = random.Next(0, text.Length - start + 1);
            if (length > 0 && start + length < text.Length && char.IsLowSurrogate(text[start + length]))
            {
                length++;
            }

            var piece = text.Substring(start, length);
            var isFirst = start == 0 && kind is "call" && begun == tool;
            at[chosen] = start + length == text.Length ? text.Length + 1 : start + length;
            begun += isFirst ? 1 : 0;
            foreach (var script in scripts)
            {
                _ = kind switch
                {
                    "think" => script.Think(piece),
                    "say" => script.Say(piece),
                    _ => script.Call(tool, isFirst ? $"id{tool}" : "", isFirst ? $"t{tool}" : "", piece),
                };
            }
        }
    }

    private static List<(string Type, string? Name, string Text)> Check(IReadOnlyList<SseEvent> events)
    {
        Assert.Equal("message_start", events[0].Name);
        Assert.Equal(["message_delta", "message_stop"], events.Skip(events.Count - 2).Select(static piece => piece.Name));
        var blocks = new List<(string Type, string? Name, string Text)>();
        var isOpen = false;
        var text = new StringBuilder();
        foreach (var piece in events.Skip(1).SkipLast(2))
        {
            switch (piece.Name)
            {
                case "content_block_start":
                    Assert.False(isOpen);
                    Assert.Equal(blocks.Count, piece.Index);
                    isOpen = true;
                    text.Clear();
                    var block = piece.Data.GetProperty("content_block");
                    blocks.Add((block.GetProperty("type").GetString()!, block.TryGetProperty("name", out var name) ? name.GetString() : null, ""));
                    break;
                case "content_block_delta":
                    Assert.True(isOpen);
                    Assert.Equal(blocks.Count - 1, piece.Index);
                    var delta = piece.Data.GetProperty("delta");
                    text.Append((blocks[^1].Type, delta.GetProperty("type").GetString()) switch
                    {
                        ("text", "text_delta") => delta.GetProperty("text").GetString(),
                        ("thinking", "thinking_delta") => delta.GetProperty("thinking").GetString(),
                        ("thinking", "signature_delta") => "",
                        ("tool_use", "input_json_delta") => delta.GetProperty("partial_json").GetString(),
                        var other => throw new InvalidOperationException($"a delta of the wrong type: {other}"),
                    });
                    break;
                default:
                    Assert.Equal("content_block_stop", piece.Name);
                    Assert.Equal(blocks.Count - 1, piece.Index);
                    Assert.True(isOpen);
                    isOpen = false;
                    blocks[^1] = blocks[^1] with { Text = text.ToString() };
                    break;
            }
        }

        Assert.False(isOpen);
        return blocks;
    }
}

using System.Text;
using System.Text.Json;

namespace GGLib.Acceptance.Compatibility;

/// <summary>Puts a streamed answer together from its events, as a client does.</summary>
internal static class StreamedAnswer
{
    /// <summary>Reads a stream to its end, which must be the end of an answer.</summary>
    public static ApiAnswer Read(Api api, Reply reply) => api switch
    {
        Api.OllamaChat => ReadOllama(reply),
        Api.ChatCompletions => ReadChat(reply),
        Api.Responses => ReadResponses(reply),
        _ => ReadMessages(reply),
    };

    private static ApiAnswer ReadOllama(Reply reply)
    {
        var lines = reply.Events;
        Assert.True(lines[^1].GetProperty("done").GetBoolean());
        var pieces = lines.Select(static line => ApiAnswer.Read(Api.OllamaChat, line.GetProperty("done").GetBoolean() ? line : Undone(line))).ToList();
        return pieces[^1] with
        {
            Text = string.Concat(pieces.Select(static piece => piece.Text)),
            Thinking = string.Concat(pieces.Select(static piece => piece.Thinking)),
            Calls = [.. pieces.SelectMany(static piece => piece.Calls)],
        };
    }

    private static JsonElement Undone(JsonElement line) =>
        JsonElement.Parse($$"""{"message":{{line.GetProperty("message").GetRawText()}},"done_reason":null,"prompt_eval_count":0}""");

    private static ApiAnswer ReadChat(Reply reply)
    {
        Assert.EndsWith("data: [DONE]\n\n", reply.Text, StringComparison.Ordinal);
        StringBuilder text = new(), thinking = new();
        List<(string Name, string Arguments)> calls = [];
        var answer = new ApiAnswer();
        foreach (var chunk in reply.Events)
        {
            if (chunk.TryGetProperty("usage", out var usage) && usage.ValueKind is JsonValueKind.Object)
            {
                answer = answer with { PromptTokens = usage.GetProperty("prompt_tokens").GetInt32() };
            }

            foreach (var choice in chunk.GetProperty("choices").EnumerateArray())
            {
                var delta = choice.GetProperty("delta");
                text.Append(Field(delta, "content"));
                thinking.Append(Field(delta, "reasoning_content"));
                foreach (var call in delta.TryGetProperty("tool_calls", out var fragments) ? fragments.EnumerateArray() : default)
                {
                    var (index, function) = (call.GetProperty("index").GetInt32(), call.GetProperty("function"));
                    if (index == calls.Count)
                    {
                        calls.Add((Field(function, "name")!, ""));
                    }

                    calls[index] = (calls[index].Name, calls[index].Arguments + Field(function, "arguments"));
                }

                answer = answer with { Finish = Field(choice, "finish_reason") ?? answer.Finish };
            }
        }

        return answer with { Text = text.ToString(), Thinking = thinking.ToString(), Calls = calls };
    }

    private static ApiAnswer ReadResponses(Reply reply)
    {
        var events = reply.Events;
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(static item => item.GetProperty("sequence_number").GetInt32()));
        var answer = ApiAnswer.ReadResponse(events[^1].GetProperty("response"));
        Assert.Equal(answer.Finish is "completed" ? "response.completed" : "response.incomplete", Field(events[^1], "type"));
        Assert.Equal(answer.Text, Deltas("response.output_text.delta"));
        Assert.Equal(answer.Thinking, Deltas("response.reasoning_text.delta"));
        Assert.Equal(string.Concat(answer.Calls.Select(static call => call.Arguments)), Deltas("response.function_call_arguments.delta"));
        return answer;

        string Deltas(string type) => string.Concat(events.Where(item => Field(item, "type") == type).Select(static item => Field(item, "delta")));
    }

    private static ApiAnswer ReadMessages(Reply reply)
    {
        StringBuilder text = new(), thinking = new();
        List<(string Name, string Arguments)> calls = [];
        var answer = new ApiAnswer();
        var (open, next) = (-1, 0);
        var events = reply.Events;
        Assert.Equal(("message_start", "message_stop"), (Field(events[0], "type"), Field(events[^1], "type")));
        foreach (var item in events)
        {
            switch (Field(item, "type"))
            {
                case "content_block_start":
                    Assert.Equal((-1, next), (open, item.GetProperty("index").GetInt32()));
                    open = next++;
                    if (item.GetProperty("content_block") is var block && Field(block, "type") is "tool_use")
                    {
                        calls.Add((Field(block, "name")!, ""));
                    }

                    break;
                case "content_block_delta":
                    Assert.Equal(open, item.GetProperty("index").GetInt32());
                    var delta = item.GetProperty("delta");
                    text.Append(Field(delta, "text"));
                    thinking.Append(Field(delta, "thinking"));
                    if (Field(delta, "partial_json") is { } json)
                    {
                        calls[^1] = (calls[^1].Name, calls[^1].Arguments + json);
                    }

                    break;
                case "content_block_stop":
                    Assert.Equal(open, item.GetProperty("index").GetInt32());
                    open = -1;
                    break;
                case "message_delta":
                    answer = answer with { Finish = Field(item.GetProperty("delta"), "stop_reason"), PromptTokens = ApiAnswer.PromptTokensOf(item.GetProperty("usage")) };
                    break;
            }
        }

        Assert.Equal(-1, open);
        return answer with { Text = text.ToString(), Thinking = thinking.ToString(), Calls = calls };
    }

    private static string? Field(JsonElement value, string name) =>
        value.TryGetProperty(name, out var field) && field.ValueKind is JsonValueKind.String ? field.GetString() : null;
}

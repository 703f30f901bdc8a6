using System.Text.Json;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Dialects.OpenAI.Responses;

/// <summary>However the engine cuts an answer into pieces, a client that follows the events has the same response, and every event names the item that is open.</summary>
public class ResponsesSplitTests
{
    private const string Request =
        """
        {"model":"m","input":"hi","stream":true,"reasoning":{"summary":"auto"},"include":["reasoning.encrypted_content"],
         "tools":[{"type":"function","name":"f"},{"type":"custom","name":"c"},{"type":"namespace","name":"n","tools":[{"type":"function","name":"g"}]}]}
        """;

    private static readonly (char Kind, string Name, string Text)[] Answer =
    [
        ('r', "", "Let me \\\"think\\\"."), ('t', "", "First é 😀 \\n"), ('c', "f", "{\\\"a\\\":[1,2]}"), ('c', "c", "{\\\"input\\\":\\\"x\\\\ny\\\"}"), ('c', "n__g", "{}"), ('r', "", "More."), ('t', "", "Last."),
    ];

    [Fact]
    public void Any_cut_gives_the_same_response()
    {
        var whole = Write(new Random(0), longest: int.MaxValue);
        var expected = Follow(whole.Events());
        for (var seed = 1; seed <= 300; seed++)
        {
            var answer = Write(new Random(seed), longest: 1 + (seed % 7));
            Assert.Equal(expected, Follow(answer.Events()));
        }
    }

    private static WrittenAnswer Write(Random random, int longest)
    {
        var answer = new WrittenAnswer(Request).Begin();
        var call = 0;
        foreach (var (kind, name, text) in Answer)
        {
            if (kind is 'c')
            {
                answer.Call(call, $"id{call}", name, "");
            }

            for (var at = 0; at < text.Length;)
            {
                var next = Math.Min(text.Length, at + random.Next(1, Math.Min(longest, text.Length) + 1));

                // The engine never cuts an escape or a character.
                while (next < text.Length && (char.IsLowSurrogate(text[next]) || Backslashes(text[..next]) % 2 == 1))
                {
                    next++;
                }

                _ = kind switch
                {
                    'r' => answer.Reasoning(text[at..next]),
                    't' => answer.Content(text[at..next]),
                    _ => answer.Call(call, "", "", text[at..next]),
                };
                at = next;
            }

            call += kind is 'c' ? 1 : 0;
        }

        return answer.Finish(FinishReason.ToolCalls, generated: 1);
    }

    private static int Backslashes(string text) => text.Length - text.TrimEnd('\\').Length;

    // Collects the response as a client does, and checks each step.
    private static string Follow(List<JsonElement> events)
    {
        var done = new List<string>();
        var open = "";
        var collected = new Dictionary<string, string>();
        foreach (var data in events)
        {
            var type = data.GetProperty("type").GetString()!;
            switch (type)
            {
                case "response.output_item.added":
                    Assert.Equal("", open);
                    Assert.Equal(done.Count, data.GetProperty("output_index").GetInt32());
                    open = data.GetProperty("item").GetProperty("id").GetString()!;
                    collected.Clear();
                    break;
                case "response.output_item.done":
                    Assert.Equal(open, data.GetProperty("item").GetProperty("id").GetString());
                    Assert.Equal(done.Count, data.GetProperty("output_index").GetInt32());
                    done.Add(data.GetProperty("item").GetRawText());
                    open = "";
                    break;
                case "response.created" or "response.in_progress":
                    Assert.Equal(0, data.GetProperty("response").GetProperty("output").GetArrayLength());
                    break;
                case "response.completed":
                    Assert.Equal("", open);
                    Assert.Equal($"[{string.Join(',', done)}]", data.GetProperty("response").GetProperty("output").GetRawText());
                    Assert.Equal(data, events[^1]);
                    break;
                default:
                    Assert.Equal(open, data.GetProperty("item_id").GetString());
                    Assert.Equal(done.Count, data.GetProperty("output_index").GetInt32());
                    if (type.EndsWith(".delta", StringComparison.Ordinal))
                    {
                        collected[type[..^".delta".Length]] = collected.GetValueOrDefault(type[..^".delta".Length], "") + data.GetProperty("delta").GetString();
                    }
                    else if (collected.TryGetValue(type.Replace(".done", "", StringComparison.Ordinal), out var text))
                    {
                        var name = type.Contains("arguments", StringComparison.Ordinal) ? "arguments" : type.Contains("input", StringComparison.Ordinal) ? "input" : "text";
                        Assert.Equal(text, data.GetProperty(name).GetString());
                    }

                    break;
            }
        }

        return string.Join('\n', done);
    }
}

using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.Failures;
using GGLib.Server.Streaming;
using GGLib.Tests.Engine.Processes;

namespace GGLib.Tests.Server.Streaming;

/// <summary>Whatever the engine sends and wherever it is cut: lines of valid JSON, and no character lost.</summary>
public sealed class OllamaAnswerPropertyTests
{
    private static readonly string[] Texts =
    [
        "a", " the", "ü", "😀", "日本", "\\n", "\\t", "\\\"", "\\\\", "\\/", "\\u0000", "\\u001f", "\\u00e9", "\\ud83d\\ude00", "\\ud83d", "\\ude00", "\\\\ud83d", "\\u2028", "<", "&", "+", "\u007f", "[DONE]", "data: ", "\\r",
    ];

    [Fact]
    public async Task Lines_are_valid_and_their_text_is_the_upstreams()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var random = new Random(seed);
        for (var round = 0; round < 3_000; round++)
        {
            var expected = new Dictionary<string, StringBuilder> { ["content"] = new(), ["thinking"] = new() };
            var events = Enumerable.Range(0, random.Next(12)).Select(_ => Event(random, expected)).ToList();
            events.Add(Samples.Finish);
            events.Add("[DONE]");
            var streaming = random.Next(2) == 0;

            var (lines, end) = await AnswerAsync(Cut(random, Encoding.UTF8.GetBytes(Samples.Body(events))), streaming);

            Assert.True(end is StreamEnd.Done, $"seed {seed}: {end}");
            Assert.True(Joined(lines, "content") == expected["content"].ToString(), $"seed {seed}: {string.Join('\n', events)}\nbecame\n{string.Join('\n', lines)}");
            Assert.True(Joined(lines, "thinking") == expected["thinking"].ToString(), $"seed {seed}: {string.Join('\n', events)}\nbecame\n{string.Join('\n', lines)}");
            Assert.True(lines[^1].Contains("\"done\":true"), $"seed {seed}");
        }
    }

    [Fact]
    public async Task Noise_never_throws_and_never_makes_an_invalid_line()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var random = new Random(seed);
        for (var round = 0; round < 5_000; round++)
        {
            var body = Encoding.UTF8.GetBytes(Samples.Body(Enumerable.Range(0, random.Next(1, 8)).Select(_ => Samples.All[random.Next(Samples.All.Count)])));
            for (var change = random.Next(6); change > 0; change--)
            {
                body[random.Next(body.Length)] = random.Next(3) == 0 ? (byte)"\"\\{}[]:,\n\r"[random.Next(10)] : (byte)random.Next(256);
            }

            try
            {
                await AnswerAsync(Cut(random, body), streaming: true);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"seed {seed}: {Encoding.Latin1.GetString(body)}", exception);
            }
        }
    }

    private static string Event(Random random, Dictionary<string, StringBuilder> expected)
    {
        if (random.Next(6) == 0)
        {
            return random.Next(2) == 0 ? Samples.Role : Samples.Logprobs.Replace("\"delta\":{\"content\":\"h\"}", "\"delta\":{}", StringComparison.Ordinal);
        }

        var escaped = string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => Texts[random.Next(Texts.Length)]));
        var thinking = random.Next(3) == 0;
        expected[thinking ? "thinking" : "content"].Append(Unescape(escaped));
        return thinking ? Samples.Reasoning(escaped) : Samples.Content(escaped);
    }

    /// <summary>What a strict decoder makes of the text: halves of characters are replaced. Independent of the code under test.</summary>
    private static string Unescape(string escaped)
    {
        var text = new StringBuilder();
        for (var index = 0; index < escaped.Length; index++)
        {
            if (escaped[index] != '\\')
            {
                text.Append(escaped[index]);
                continue;
            }

            index++;
            if (escaped[index] == 'u')
            {
                text.Append((char)Convert.ToInt32(escaped.Substring(index + 1, 4), 16));
                index += 4;
            }
            else
            {
                text.Append(escaped[index] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var same => same });
            }
        }

        // The encoder replaces each half by U+FFFD.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static List<byte[]> Cut(Random random, byte[] body)
    {
        var pieces = new List<byte[]>();
        for (var at = 0; at < body.Length;)
        {
            var length = Math.Min(body.Length - at, random.Next(4) == 0 ? random.Next(1, 4) : random.Next(1, 400));
            pieces.Add(body[at..(at + length)]);
            at += length;
        }

        return pieces;
    }

    /// <summary>Runs an answer and checks that each of its lines is valid.</summary>
    private static async Task<(List<string> Lines, StreamEnd End)> AnswerAsync(List<byte[]> pieces, bool streaming)
    {
        var output = new ArrayBufferWriter<byte>();
        var answer = new OllamaAnswer(output, OllamaAnswerShape.Chat, "m", streaming, 2, TimeProvider.System);
        var end = await EngineStream.ReadAsync(ScriptedStream.Of(pieces), answer, _ => ValueTask.CompletedTask, TestContext.Current.CancellationToken);
        if (end is not (StreamEnd.Done or StreamEnd.Closed) || answer.Complete(new AnswerTiming(1, 1)) is not null)
        {
            answer.Fail(new InferenceFailure.EngineFailed("broken"));
        }

        Assert.True(Utf8.IsValid(output.WrittenSpan), "not UTF-8");
        var lines = Encoding.UTF8.GetString(output.WrittenSpan).TrimEnd('\n').Split('\n').ToList();
        foreach (var line in lines)
        {
            using var document = JsonDocument.Parse(line);
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        }

        return (lines, end);
    }

    private static string Joined(List<string> lines, string name) => string.Concat(lines.Select(line =>
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty("message").TryGetProperty(name, out var text) ? text.GetString() : "";
    }));
}

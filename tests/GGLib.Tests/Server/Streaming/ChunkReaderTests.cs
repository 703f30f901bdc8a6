using System.Text;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Streaming;

/// <summary>Single events, as llama-server writes them.</summary>
public sealed class ChunkReaderTests
{
    [Theory]
    [InlineData("""{"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"created":1,"id":"c","model":"m","object":"chat.completion.chunk"}""", "role")]
    [InlineData("""{"choices":[{"finish_reason":null,"index":0,"delta":{"content":" Hi \"you\"\n"}}]}""", "content  Hi \\\"you\\\"\\n")]
    [InlineData("""{"choices":[{"delta":{"reasoning_content":"so"}}]}""", "reasoning so")]
    [InlineData("""{"choices":[{"delta":{"reasoning":"so"}}]}""", "reasoning so")]
    [InlineData("""{"choices":[{"delta":{"content":"b","reasoning_content":"a"}}]}""", "reasoning a|content b")]
    [InlineData("""{"choices":[{"finish_reason":"stop","index":0,"delta":{}}]}""", "finish Stop")]
    [InlineData("""{"choices":[{"finish_reason":"length","index":0,"delta":{}}]}""", "finish Length")]
    [InlineData("""{"choices":[{"finish_reason":"tool_calls","index":0,"delta":{}}]}""", "finish ToolCalls")]
    [InlineData("""{"choices":[],"usage":{"completion_tokens":3,"prompt_tokens":7,"total_tokens":10},"timings":{"cache_n":5,"prompt_n":2,"prompt_ms":1.5,"predicted_n":3,"predicted_ms":0.000001}}""", "usage 7 3 1500000 1")]
    [InlineData("""{"choices":[{"text":"a","index":0,"logprobs":null,"finish_reason":null}],"object":"text_completion"}""", "content a")]
    [InlineData("""{"index":0,"content":"x","tokens":[5],"stop":false,"id_slot":-1,"tokens_predicted":1,"tokens_evaluated":4}""", "content x|usage 4 1  ")]
    [InlineData("""{"content":"","stop":true,"stop_type":"limit","generation_settings":{"stop":["content"],"content":"no"},"prompt":"content","tokens_predicted":2,"tokens_evaluated":4,"timings":{"prompt_n":4,"prompt_ms":2,"predicted_n":2,"predicted_ms":1}}""", "finish Length|usage 4 2 2000000 1000000")]
    [InlineData("""{"content":"","stop":true,"stop_type":"word","stopping_word":"\n"}""", "finish Stop \\n")]
    [InlineData("""{"error":{"code":500,"message":"oh \"no\"","type":"server_error"}}""", "error 500 oh \\\"no\\\"")]
    [InlineData("""{"error":"plain"}""", "error 0 plain")]
    [InlineData("""{"error":{"code":"x"}}""", "error 0 unknown error")]
    [InlineData("""{"error":5}""", "error 0 unknown error")]
    [InlineData("""{"error":null,"choices":[{"delta":{"content":"a"}}]}""", "content a")]
    [InlineData("""{"choices":[{"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"},"finish_reason":"stop"}]}""", "content a|1 content b|1 finish Stop")]
    [InlineData("""{"index":2,"content":"a","stop_type":"word","stopping_word":"\n\"x"}""", "2 content a|2 finish Stop \\n\\\"x")]
    [InlineData("""{"choices":[{"finish_reason":"stop","delta":{}}],"__verbose":{"content":"x","stopping_word":"END","prompt":"p"}}""", "finish Stop END")]
    [InlineData("""{"choices":[{"logprobs":{"content":[{"id":1,"token":"a","logprob":-0.5}]},"delta":{"content":"a"}}]}""", """logprobs [{"id":1,"token":"a","logprob":-0.5}]|content a""")]
    [InlineData("""{"content":"a","completion_probabilities":[{"token":"a","logprob":-1}]}""", """logprobs [{"token":"a","logprob":-1}]|content a""")]
    [InlineData("""{"prompt_progress":{"total":9,"cache":4,"processed":5,"time_ms":7},"choices":[]}""", "usage 9   ")]
    [InlineData("""{"choices":"x","usage":5,"timings":[],"content":{"content":"x"}}""", "")]
    [InlineData("""{"choices":[{"delta":"x"},5,null]}""", "")]
    [InlineData("""{}""", "")]
    public void Reads_an_event(string json, string expected)
    {
        var sink = new RecordedEvents();
        var kind = ChunkReader.Read(Encoding.UTF8.GetBytes(json), sink);

        Assert.Equal(expected, string.Join('|', sink.Pieces));
        Assert.Equal(expected.StartsWith("error", StringComparison.Ordinal) ? ChunkKind.Error : ChunkKind.Piece, kind);
    }

    [Fact]
    public void Content_inside_a_tools_arguments_is_not_text()
    {
        var sink = new RecordedEvents();
        ChunkReader.Read(
            """{"choices":[{"delta":{"tool_calls":[{"index":1,"id":"x1","type":"function","function":{"name":"write","arguments":"{\"content\":\"no\"}","content":"no"},"content":"no"},{"function":{"arguments":"{"}}]}}]}"""u8,
            sink);

        Assert.Equal([@"tool 1 x1 write {\""content\"":\""no\""}", "tool 1   {"], sink.Pieces);
    }

    [Theory]
    [InlineData("[DONE]", 1)]
    [InlineData(" [DONE]", 1)]
    [InlineData("", 3)]
    [InlineData("[]", 3)]
    [InlineData("5", 3)]
    [InlineData("{", 3)]
    [InlineData("{\"choices\":[{\"delta\":{\"content\":\"a\"}}]", 3)]
    [InlineData("{\"content\":\"a\"} x", 3)]
    [InlineData("{\"content\":\"a\nb\"}", 3)]
    public void Tells_what_is_no_event(string data, int expected) =>
        Assert.Equal((ChunkKind)expected, ChunkReader.Read(Encoding.UTF8.GetBytes(data), new RecordedEvents()));

    [Theory]
    [InlineData(@"\ud83d\ude00", @"\ud83d\ude00")]
    [InlineData(@"a\uD83Db", "a\uFFFDb")]
    [InlineData(@"\ude00", "\uFFFD")]
    [InlineData(@"\ud83d\ud83d\ude00", "\uFFFD\\ud83d\\ude00")]
    [InlineData(@"\ud83d\n", "\uFFFD\\n")]
    [InlineData(@"\\ud83d", @"\\ud83d")]
    [InlineData(@"\\\ud83d", "\\\\\uFFFD")]
    [InlineData(@"\u0000\u001f", @"\u0000\u001f")]
    [InlineData("😀 ü", "😀 ü")]
    public void Halves_of_characters_become_replacement_characters(string escaped, string expected)
    {
        var sink = new RecordedEvents();
        ChunkReader.Read(Encoding.UTF8.GetBytes($$"""{"content":"{{escaped}}"}"""), sink);

        Assert.Equal(["content " + expected], sink.Pieces);
    }

    [Fact]
    public void Broken_bytes_become_replacement_characters()
    {
        var sink = new RecordedEvents();
        ChunkReader.Read([.. "{\"content\":\"a"u8, 0xff, 0xe2, 0x82, .. "b\"}"u8], sink);

        Assert.Equal("content a\uFFFD\uFFFDb", Assert.Single(sink.Pieces));
    }

    [Fact]
    public void Random_bytes_and_mutated_events_never_throw()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var random = new Random(seed);
        var samples = Samples.All.Select(Encoding.UTF8.GetBytes).ToList();
        for (var round = 0; round < 20_000; round++)
        {
            var data = samples[random.Next(samples.Count)].ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                data[random.Next(data.Length)] = random.Next(3) == 0 ? (byte)"\"\\{}[]:,0un"[random.Next(11)] : (byte)random.Next(256);
            }

            var exception = Record.Exception(() => ChunkReader.Read(data.AsSpan(0, random.Next(data.Length + 1)), new RecordedEvents()));
            Assert.True(exception is null, $"seed {seed}, {Encoding.Latin1.GetString(data)}: {exception}");
        }
    }
}

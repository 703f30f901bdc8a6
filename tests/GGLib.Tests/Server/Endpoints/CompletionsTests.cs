using System.Text;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Relayed answers of <c>POST /v1/completions</c> that differ from llama-server's bytes. The events are those of llama-server 0.7.0.</summary>
public sealed class CompletionsTests
{
    private const string First = """{"choices":[{"text":"é","index":0,"logprobs":{"content":[{"id":33,"token":"é","bytes":[195,169],"logprob":-0.5,"top_logprobs":[{"id":33,"token":"é","bytes":[195,169],"logprob":-0.5},{"id":34,"token":"\"","bytes":[34],"logprob":-2.25}]}]},"finish_reason":null}],"created":5,"model":"M","object":"text_completion","id":"c"}""";
    private const string Other = """{"choices":[{"text":" b","index":1,"logprobs":{"content":[{"id":1,"token":" b","bytes":[32,98],"logprob":-1,"top_logprobs":[]}]},"finish_reason":null}],"created":5,"model":"M","object":"text_completion","id":"c"}""";
    private const string Next = """{"choices":[{"text":"","index":0,"logprobs":{"content":[{"id":2,"token":"x","bytes":[120],"logprob":-3,"top_logprobs":[{"id":2,"token":"x","bytes":[120],"logprob":-3},{"id":3,"token":"x","bytes":[120],"logprob":-4}]}]},"finish_reason":null}],"created":5,"model":"M","object":"text_completion","id":"c"}""";
    private const string Finish = """{"choices":[{"text":"","index":0,"logprobs":null,"finish_reason":"stop"}],"created":5,"model":"M","object":"text_completion","id":"c"}""";

    private const string Expected = """
        data: {"choices":[{"text":"é","index":0,"logprobs":{"tokens":["é"],"token_logprobs":[-0.5],"top_logprobs":[{"é":-0.5,"\"":-2.25}],"text_offset":[0]},"finish_reason":null}],"created":5,"model":"tiny","object":"text_completion","id":"c"}

        data: {"choices":[{"text":" b","index":1,"logprobs":{"tokens":[" b"],"token_logprobs":[-1],"top_logprobs":[{}],"text_offset":[0]},"finish_reason":null}],"created":5,"model":"tiny","object":"text_completion","id":"c"}

        data: {"choices":[{"text":"","index":0,"logprobs":{"tokens":["x"],"token_logprobs":[-3],"top_logprobs":[{"x":-3}],"text_offset":[1]},"finish_reason":null}],"created":5,"model":"tiny","object":"text_completion","id":"c"}

        data: {"choices":[{"text":"","index":0,"logprobs":null,"finish_reason":"stop"}],"created":5,"model":"tiny","object":"text_completion","id":"c"}

        data: [DONE]


        """;

    private const string Alias = "gglib-0123456789abcdef0123";

    /// <summary>With several prompts the stream of llama-server starts with <c>data: null</c>, and its log probabilities have the form of a chat.</summary>
    [Fact]
    public async Task A_stream_has_the_form_of_completions_wherever_its_bytes_are_split()
    {
        var bytes = Encoding.UTF8.GetBytes(Samples.Body("null", First, Other, Next, Finish, "[DONE]").Replace("\"M\"", $"\"{Alias}\"", StringComparison.Ordinal));
        await using var server = await TestServer.StartAsync();
        for (var at = 0; at < bytes.Length; at++)
        {
            var (before, after) = (bytes[..at], bytes[at..]);
            server.Engine.Answer = _ => ScriptedEngine.Stream(ScriptedStream.Of([before, after]));

            var answer = await server.PostAsync("/v1/completions", """{"model":"tiny","prompt":["a","b"],"stream":true,"logprobs":2}""");
            Assert.True(Expected == answer.Text, $"split at {at}: {answer.Text}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task One_object_has_the_form_of_completions(int chunk)
    {
        await using var server = await TestServer.StartAsync();
        var bytes = Encoding.UTF8.GetBytes(First.Replace("\"M\"", $"\"{Alias}\"", StringComparison.Ordinal));
        server.Engine.Answer = _ =>
        {
            var response = ScriptedEngine.Stream(ScriptedStream.Of(bytes.Chunk(chunk)));
            response.Content.Headers.ContentType = new("application/json");
            return response;
        };
        var answer = await server.PostAsync("/v1/completions", """{"model":"tiny","prompt":"a","logprobs":2}""");

        Assert.Equal(
            """{"choices":[{"text":"é","index":0,"logprobs":{"tokens":["é"],"token_logprobs":[-0.5],"top_logprobs":[{"é":-0.5,"\"":-2.25}],"text_offset":[0]},"finish_reason":null}],"created":5,"model":"tiny","object":"text_completion","id":"c"}""",
            answer.Text);
        Assert.Contains("\"logprobs\":2", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }
}

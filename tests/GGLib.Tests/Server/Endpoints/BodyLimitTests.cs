using System.Net;
using System.Net.Sockets;
using System.Text;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Bodies whose cost is out of proportion to their bytes, and bodies that are broken below HTTP's surface.</summary>
public sealed class BodyLimitTests
{
    private const string TooManyValues = "the request body has more than 1000000 JSON values";
    private const string TooManyObjects = "the request body has more than 100000 JSON objects";

    [Theory]
    [InlineData("/api/chat", "1", 1_000_001, $$"""{"error":"{{TooManyValues}}"}""")]
    [InlineData("/api/chat", "{}", 100_001, $$"""{"error":"{{TooManyObjects}}"}""")]
    [InlineData("/api/create", "{}", 100_001, $$"""{"error":"{{TooManyObjects}}"}""")]
    [InlineData("/v1/chat/completions", "{}", 100_001, $$$"""{"error":{"message":"{{{TooManyObjects}}}","type":"invalid_request_error","param":null,"code":null}}""")]
    [InlineData("/v1/responses", "{}", 100_001, $$$"""{"error":{"message":"{{{TooManyObjects}}}","type":"invalid_request_error","param":null,"code":null}}""")]
    [InlineData("/v1/embeddings", "1", 1_000_001, $$$"""{"error":{"message":"{{{TooManyValues}}}","type":"invalid_request_error","param":null,"code":null}}""")]
    public async Task Too_many_values_are_413(string path, string item, int count, string text)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.PostAsync(path, $$"""{"model":"tiny","messages":[{{string.Join(',', Enumerable.Repeat(item, count))}}]}""");

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, text), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task A_long_session_is_accepted()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = static _ => ScriptedEngine.Events(Samples.Content("a"), Samples.Finish, "[DONE]");
        var turns = string.Join(',', Enumerable.Repeat("""{"role":"user","content":"a"},{"role":"assistant","content":"b"}""", 10_000));

        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/chat", $$"""{"model":"tiny","messages":[{{turns}},{"role":"user","content":"c"}]}""")).Status);
    }

    /// <summary>The framework only ends the connection; a response that had not started was reported as 200.</summary>
    [Theory]
    [InlineData("POST /api/blobs/sha256:0000000000000000000000000000000000000000000000000000000000000000", "zz\r\n", "{\"error\":\"Bad chunk size data.\"}")]
    [InlineData("POST /api/chat", "ffffffffffffffff\r\n", "{\"error\":\"")]
    [InlineData("POST /v1/messages", "zz\r\n", "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\"")]
    public async Task Broken_chunks_are_400(string target, string chunk, string text)
    {
        await using var server = await TestServer.StartAsync(stored: true);
        var address = new Uri(server.Address);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{target} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"), Limit.Token);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(Limit.Token);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains(text, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grammar_that_would_end_the_engine_is_400()
    {
        await using var server = await TestServer.StartAsync();
        var deep = new string('(', 101) + "x" + new string(')', 101);
        var answer = await server.PostAsync("/v1/completions", $$"""{"model":"tiny","prompt":"x","grammar":"root ::= {{deep}}"}""");

        Assert.Equal(
            (HttpStatusCode.BadRequest, """{"error":{"message":"the grammar is nested deeper than 100 brackets","type":"invalid_request_error","param":"grammar","code":null}}"""),
            (answer.Status, answer.Text));
        Assert.False(server.Engine.HasMore);
    }

    [Theory]
    [InlineData("root ::= \\\"((((\\\" [(((((] # ((((")]
    [InlineData("root ::= ((a | b) c)")]
    public async Task Brackets_in_texts_do_not_count(string grammar)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = static _ => ScriptedEngine.Json("{}");
        var many = string.Concat(Enumerable.Repeat(grammar + "\\n", 40));

        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/completions", $$"""{"model":"tiny","prompt":"x","grammar":"{{many}}"}""")).Status);
    }

    [Fact]
    public async Task Parameters_that_are_nested_too_deeply_are_400()
    {
        await using var server = await TestServer.StartAsync(stored: true);
        var answer = await server.PostAsync("/api/create", $$$"""{"model":"x","from":"tiny","stream":false,"parameters":{"a":{{{new string('[', 100)}}}{{{new string(']', 100)}}} } }""");

        Assert.Equal((HttpStatusCode.BadRequest, """{"error":"parameters are nested too deeply"}"""), (answer.Status, answer.Text));
    }

    /// <summary>llama-server reports it as an internal error.</summary>
    [Fact]
    public async Task A_token_that_the_model_does_not_have_is_400()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = static call => call.Path == "/detokenize"
            ? ScriptedEngine.Json("""{"error":{"code":500,"message":"vector::_M_range_check: __n (which is 99999999) >= this->size() (which is 2051)","type":"server_error"}}""", HttpStatusCode.InternalServerError)
            : ScriptedEngine.Json("""{"prompt":"x"}""");
        var answer = await server.PostAsync("/api/generate", """{"model":"tiny","prompt":"x","stream":false,"context":[99999999]}""");

        Assert.Equal((HttpStatusCode.BadRequest, """{"error":"a token is not in the model's vocabulary"}"""), (answer.Status, answer.Text));
    }
}

using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Dialects.Ollama;

/// <summary>Streams of Ollama's API on a raw socket: every line is exactly one chunk, however the engine's events arrive.</summary>
public sealed class LineChunkTests
{
    private const string Chat = """{"model":"tiny","messages":[{"role":"user","content":"x"}]}""";
    private const string Generate = """{"model":"tiny","prompt":"x"}""";

    [Theory]
    [InlineData("/api/chat", Chat)]
    [InlineData("/api/generate", Generate)]
    public async Task Each_line_is_one_chunk_when_many_tokens_arrive_in_one_read(string path, string body)
    {
        await using var server = await TestServer.StartAsync();

        // One line of 5,000 bytes among short ones, all in a single read of the engine's stream.
        string[] texts = [.. Enumerable.Range(0, 40).Select(static number => $"t{number} "), new string('x', 5000), .. Enumerable.Range(40, 20).Select(static number => $"t{number} ")];
        server.Engine.Answer = call => call.Path is "/v1/chat/completions"
            ? ScriptedEngine.Events([.. texts.Select(static text => Samples.Content(text)), Samples.Finish, Samples.Usage, "[DONE]"])
            : ScriptedEngine.Json("""{"prompt":"x","tokens":[1]}""");
        using var client = await RawClient.ConnectAsync(server.Address);

        await client.PostAsync(path, body);
        var head = await client.ReadHeadAsync();
        var chunks = await client.ReadChunksAsync();

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.Single(head.Split("\r\n"), static line => line.Equals("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("Content-Length", head, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(texts.Length + 1, chunks.Count);
        Assert.All(chunks, IsOneLine);
        Assert.Equal(string.Concat(texts), string.Concat(chunks.Select(static chunk => TextOf(chunk))));

        // The same connection serves the next request.
        await client.PostAsync("/api/chat", """{"model":"tiny"}""");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_with_log_probabilities_and_a_last_line_with_tool_calls_are_one_chunk_each()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Logprobs, Samples.ToolStart, Samples.ToolRest, Samples.Finish, "[DONE]");
        using var client = await RawClient.ConnectAsync(server.Address);

        await client.PostAsync("/api/chat", """{"model":"tinysee","messages":[{"role":"user","content":"x"}],"logprobs":true,"top_logprobs":1,"format":"json"}""");
        await client.ReadHeadAsync();
        var chunks = await client.ReadChunksAsync();

        Assert.Equal(2, chunks.Count);
        Assert.All(chunks, IsOneLine);
        Assert.Contains("\"logprobs\":[{\"token\":\"h\"", chunks[0], StringComparison.Ordinal);
        Assert.Contains("\"tool_calls\":[", chunks[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_in_the_middle_is_the_last_chunk_and_the_connection_stays()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Content("a"), Samples.Content("b"), Samples.Error);
        using var client = await RawClient.ConnectAsync(server.Address);

        for (var round = 0; round < 2; round++)
        {
            await client.PostAsync("/api/chat", Chat);
            await client.ReadHeadAsync();
            var chunks = await client.ReadChunksAsync();

            Assert.Equal(3, chunks.Count);
            Assert.All(chunks, IsOneLine);
            Assert.Equal("{\"error\":\"Compute error.\"}\n", chunks[2]);
        }
    }

    [Fact]
    public async Task An_error_before_the_first_line_has_a_length_and_no_chunks()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Role, Samples.Error);
        using var client = await RawClient.ConnectAsync(server.Address);

        for (var round = 0; round < 2; round++)
        {
            await client.PostAsync("/api/chat", Chat);
            var head = await client.ReadHeadAsync();

            Assert.StartsWith("HTTP/1.1 500 ", head, StringComparison.Ordinal);
            Assert.DoesNotContain("Transfer-Encoding", head, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("Content-Length: 26\r\n", head, StringComparison.OrdinalIgnoreCase);
            Assert.Equal("{\"error\":\"Compute error.\"}", await client.ReadAsync(26));
        }
    }

    [Fact]
    public async Task A_client_of_HTTP_1_0_gets_plain_lines_and_the_end_of_the_connection()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Content("a"), Samples.Content("b"), Samples.Finish, "[DONE]");
        using var client = await RawClient.ConnectAsync(server.Address);

        await client.PostAsync("/api/chat", Chat, version: "1.0");
        var head = await client.ReadHeadAsync();
        var lines = (await client.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.DoesNotContain("Transfer-Encoding", head, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["a", "b", ""], lines.Select(static line => TextOf(line)));
    }

    [Fact]
    public async Task A_client_that_disconnects_ends_the_engines_work()
    {
        await using var server = await TestServer.StartAsync();
        var upstream = new ScriptedStream();
        server.Engine.Answer = _ => ScriptedEngine.Stream(upstream);
        using (var client = await RawClient.ConnectAsync(server.Address))
        {
            await client.PostAsync("/api/chat", Chat);
            upstream.Event(Samples.Content("a"));
            await client.ReadHeadAsync();
            IsOneLine(await client.ReadChunkAsync() ?? "");
        }

        await upstream.GivenUp.Within();
    }

    [Fact]
    public async Task Each_step_of_a_long_request_is_one_chunk()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await RawClient.ConnectAsync(server.Address);

        for (var round = 0; round < 2; round++)
        {
            await client.PostAsync("/api/push", """{"model":"me/nope"}""");
            await client.ReadHeadAsync();

            Assert.Equal(
                ["{\"status\":\"retrieving manifest\"}\n", "{\"status\":\"couldn't retrieve manifest\"}\n", "{\"error\":\"model 'me/nope' not found\"}\n"],
                await client.ReadChunksAsync());
        }
    }

    private static void IsOneLine(string chunk)
    {
        Assert.Equal(chunk.Length - 1, chunk.IndexOf('\n', StringComparison.Ordinal));
        using var line = JsonDocument.Parse(chunk);
        Assert.Equal(JsonValueKind.Object, line.RootElement.ValueKind);
    }

    private static string? TextOf(string line)
    {
        using var parsed = JsonDocument.Parse(line);
        return parsed.RootElement.TryGetProperty("message", out var message) ? message.GetProperty("content").GetString() : parsed.RootElement.GetProperty("response").GetString();
    }

    /// <summary>A client that reads what is on the wire, chunk framing included.</summary>
    private sealed class RawClient : IDisposable
    {
        private readonly TcpClient _tcp = new();
        private Stream _stream = Stream.Null;

        public static async Task<RawClient> ConnectAsync(string address)
        {
            var client = new RawClient();
            var uri = new Uri(address);
            await client._tcp.ConnectAsync(uri.Host, uri.Port, Limit.Token);
            client._stream = new BufferedStream(client._tcp.GetStream());
            return client;
        }

        public void Dispose()
        {
            _stream.Dispose();
            _tcp.Dispose();
        }

        public async Task PostAsync(string path, string body, string version = "1.1")
        {
            var request = $"POST {path} HTTP/{version}\r\nHost: localhost\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
            await _tcp.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request), Limit.Token);
        }

        public async Task<string> ReadHeadAsync()
        {
            var head = new StringBuilder();
            for (string line; (line = await ReadLineAsync()).Length > 0;)
            {
                head.Append(line).Append("\r\n");
            }

            return head.ToString();
        }

        public async Task<string> ReadAsync(int count)
        {
            var bytes = new byte[count];
            await _stream.ReadExactlyAsync(bytes, Limit.Token);
            return Encoding.UTF8.GetString(bytes);
        }

        public async Task<string> ReadToEndAsync()
        {
            using var reader = new StreamReader(_stream, leaveOpen: true);
            return await reader.ReadToEndAsync(Limit.Token);
        }

        /// <summary>All chunks of a response.</summary>
        public async Task<List<string>> ReadChunksAsync()
        {
            var chunks = new List<string>();
            while (await ReadChunkAsync() is { } chunk)
            {
                chunks.Add(chunk);
            }

            return chunks;
        }

        /// <summary>The next chunk; null for the last, empty one.</summary>
        public async Task<string?> ReadChunkAsync()
        {
            var length = int.Parse(await ReadLineAsync(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            var chunk = await ReadAsync(length);
            Assert.Equal("", await ReadLineAsync());
            return length > 0 ? chunk : null;
        }

        private async Task<string> ReadLineAsync()
        {
            var line = new StringBuilder();
            while (true)
            {
                line.Append(await ReadAsync(1));
                if (line.Length >= 2 && line[^2] == '\r' && line[^1] == '\n')
                {
                    return line.ToString(0, line.Length - 2);
                }
            }
        }
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using GGLib.Engine.Connections;
using GGLib.Engine.Processes;

namespace GGLib.Tests.Engine.Connections;

/// <summary>The bytes that go to a child and come from it. RFC 9112.</summary>
public sealed class RunnerHandlerTests
{
    private const string Chunked = "HTTP/1.1 200 OK\r\nServer: llama.cpp\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        + "b\r\ndata: {\"a\"}\r\n"
        + "0A;name=value\r\n\n\ndata: 1\n\r\n"
        + "1\r\n\n\r\n"
        + "0\r\nTrailer: x\r\n\r\n";

    private const string ChunkedText = "data: {\"a\"}" + "\n\ndata: 1\n" + "\n";

    private static CancellationToken Cancellation => Limit.Token;

    [Fact]
    public async Task A_request_is_written_as_llama_server_reads_it()
    {
        await using var child = new ScriptedChild("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://llama-server/v1/chat/completions?x=1");
        request.Headers.Authorization = new("Bearer", "KEY");
        request.Content = new ReadOnlyMemoryContent("""{"n":1}"""u8.ToArray());
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using var response = await SendAsync(child, request);

        Assert.Equal("POST /v1/chat/completions?x=1 HTTP/1.1\r\nHost: llama-server\r\nConnection: close\r\nAuthorization: Bearer KEY\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"n\":1}", await child.Asked);
    }

    [Fact]
    public async Task A_long_body_arrives_whole()
    {
        await using var child = new ScriptedChild("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var body = new string('x', 3_000_000);
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://llama-server/completion") { Content = new StringContent(body) };

        using var response = await SendAsync(child, request);

        Assert.EndsWith("\r\nContent-Length: 3000000\r\n\r\n" + body, await child.Asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(64)]
    public async Task An_answer_in_chunks_is_the_same_wherever_it_is_cut(int pieceLength)
    {
        await using var child = new ScriptedChild(Chunked, pieceLength);

        using var response = await GetAsync(child);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("llama.cpp", response.Headers.Server.ToString());
        Assert.Equal(ChunkedText, await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(4096)]
    public async Task A_reader_may_have_a_small_buffer(int bufferLength)
    {
        await using var child = new ScriptedChild(Chunked);
        using var response = await GetAsync(child);
        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
        var text = new StringBuilder();
        var buffer = new byte[bufferLength];
        for (int read; (read = await body.ReadAsync(buffer, Cancellation)) > 0;)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        Assert.Equal(ChunkedText, text.ToString());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length:5\r\n\r\nhello and more than was told", 200, "hello")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\n\r\nuntil it closes", 503, "until it closes")]
    [InlineData("HTTP/1.0 200\r\n\r\n", 200, "")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204, "")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi")]
    public async Task An_answer_ends_where_its_head_says(string answer, int status, string body)
    {
        for (var pieceLength = 1; pieceLength <= answer.Length; pieceLength++)
        {
            await using var child = new ScriptedChild(answer, pieceLength);
            using var response = await GetAsync(child);
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal(body, await response.Content.ReadAsStringAsync(Cancellation));
        }
    }

    [Fact]
    public async Task A_whole_answer_in_chunks_ends_without_the_connection()
    {
        await using var child = new ScriptedChild(Chunked, staysOpen: true);

        using var response = await GetAsync(child);

        Assert.Equal(ChunkedText, await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Every_cut_of_an_answer_in_chunks_is_an_error_and_never_an_end()
    {
        var last = Chunked.IndexOf("0\r\nTrailer", StringComparison.Ordinal) + 3;
        for (var length = 0; length < last; length++)
        {
            await using var child = new ScriptedChild(Chunked[..length]);
            var error = await Record.ExceptionAsync(async () =>
            {
                using var response = await GetAsync(child);
                await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
                await body.CopyToAsync(Stream.Null, Cancellation);
            });
            var reason = error switch
            {
                HttpRequestException request => request.HttpRequestError,
                HttpIOException io => io.HttpRequestError,
                _ => HttpRequestError.Unknown,
            };
            Assert.True(reason is HttpRequestError.ResponseEnded, $"cut after {length}: {error}");
        }
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n")]
    [InlineData("HTTP/2 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    public async Task A_head_that_is_not_http_is_refused(string answer)
    {
        await using var child = new ScriptedChild(answer, staysOpen: true);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(child));

        Assert.Equal(HttpRequestError.InvalidResponse, error.HttpRequestError);
    }

    [Fact]
    public async Task A_head_without_an_end_is_refused_before_it_fills_the_memory()
    {
        await using var child = new ScriptedChild("HTTP/1.1 200 OK\r\nX: " + new string('x', 200_000), staysOpen: true);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(child));

        Assert.Contains("does not end", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x\r\n")]
    [InlineData("\r\n")]
    [InlineData("2\r\nabc\r\n")]
    [InlineData("ffffffffffffffffff\r\n")]
    [InlineData("-1\r\n")]
    public async Task A_malformed_chunk_is_an_error(string chunk)
    {
        await using var child = new ScriptedChild("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk, staysOpen: true);
        using var response = await GetAsync(child);
        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);

        var error = await Assert.ThrowsAsync<HttpIOException>(() => body.CopyToAsync(Stream.Null, Cancellation));

        Assert.Equal(HttpRequestError.InvalidResponse, error.HttpRequestError);
    }

    [Fact]
    public async Task A_child_that_does_not_listen_cannot_be_connected_to()
    {
        var nobody = new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), $"gglib-nobody-{Guid.NewGuid():N}.sock"));
        using var http = new HttpMessageInvoker(new RunnerHandler(nobody, null));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://llama-server/health");

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(request, Cancellation));

        Assert.Equal(HttpRequestError.ConnectionError, error.HttpRequestError);
    }

    [Fact]
    public async Task A_full_queue_of_connections_is_waited_for()
    {
        var folder = Directory.CreateTempSubdirectory("gglib-child-");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var endPoint = new UnixDomainSocketEndPoint(Path.Combine(folder.FullName, "x.sock"));
        listener.Bind(endPoint);
        listener.Listen(0);
        using var first = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await first.ConnectAsync(endPoint, Cancellation);
        using var http = new HttpMessageInvoker(new RunnerHandler(endPoint, null));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://llama-server/health");

        var answer = http.SendAsync(request, Cancellation);
        Assert.False(answer.IsCompleted);
        using (await listener.AcceptAsync(Cancellation))
        {
            using var second = await listener.AcceptAsync(Cancellation);
            await second.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), Cancellation);
            using var response = await answer;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_reader_that_gives_up_is_let_go_at_once()
    {
        await using var child = new ScriptedChild("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", staysOpen: true);
        using var response = await GetAsync(child);
        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
        Assert.Equal(1, await body.ReadAsync(new byte[16], Cancellation));
        using var patience = new CancellationTokenSource();

        var reading = body.ReadAsync(new byte[16], patience.Token).AsTask();
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task What_comes_is_noted()
    {
        await using var child = new ScriptedChild(Chunked);
        var traffic = new Traffic();
        using var http = new HttpMessageInvoker(new RunnerHandler(child.EndPoint, traffic));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://llama-server/health");

        using var response = await http.SendAsync(request, Cancellation);

        Assert.True(traffic.Count > 0);
    }

    private static async Task<HttpResponseMessage> GetAsync(ScriptedChild child)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://llama-server/slots");
        return await SendAsync(child, request);
    }

    private static async Task<HttpResponseMessage> SendAsync(ScriptedChild child, HttpRequestMessage request)
    {
        using var http = new HttpMessageInvoker(new RunnerHandler(child.EndPoint, null));
        return await http.SendAsync(request, Cancellation);
    }
}

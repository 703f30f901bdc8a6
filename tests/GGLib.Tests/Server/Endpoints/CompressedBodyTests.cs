using System.IO.Compression;
using System.Net;
using System.Text;
using GGLib.Server;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Request bodies with a content encoding.</summary>
public sealed class CompressedBodyTests
{
    private const string Chat = """{"model":"tiny","stream":false,"messages":[{"role":"user","content":"hi"}]}""";

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task A_compressed_body_is_decoded(string encoding)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = static _ => ScriptedEngine.Events(Samples.Content("a"), Samples.Finish, "[DONE]");
        using var response = await SendAsync(server, "/api/chat", encoding, Compress(encoding, Encoding.UTF8.GetBytes(Chat)));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task A_body_in_another_encoding_than_it_names_is_an_error(string encoding)
    {
        await using var server = await TestServer.StartAsync();
        using var response = await SendAsync(server, "/api/chat", encoding, Encoding.UTF8.GetBytes(Chat));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("""{"error":"the request body is not in the encoding that Content-Encoding names"}""", await response.Content.ReadAsStringAsync(Limit.Token));
    }

    [Theory]
    [InlineData("/api/chat", """{"error":"Content-Encoding 'compress' is not supported; use one of gzip, deflate, br, zstd"}""")]
    [InlineData("/v1/chat/completions", """{"error":{"message":"Content-Encoding 'compress' is not supported; use one of gzip, deflate, br, zstd","type":"invalid_request_error","param":null,"code":null}}""")]
    public async Task An_unknown_encoding_is_415(string path, string text)
    {
        await using var server = await TestServer.StartAsync();
        using var response = await SendAsync(server, path, "compress", Encoding.UTF8.GetBytes(Chat));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal("gzip, deflate, br, zstd", Assert.Single(response.Headers.GetValues("Accept-Encoding")));
        Assert.Equal(text, await response.Content.ReadAsStringAsync(Limit.Token));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task The_limit_applies_to_the_decoded_body(string encoding)
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { Version = "0.1.0", LargestBody = 100_000 });
        using var response = await SendAsync(server, "/api/chat", encoding, Compress(encoding, Encoding.UTF8.GetBytes($$"""{"model":"{{new string('x', 1_000_000)}}"}""")));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("""{"error":"request body too large"}""", await response.Content.ReadAsStringAsync(Limit.Token));
    }

    private static byte[] Compress(string encoding, byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(compressed, CompressionMode.Compress),
            "deflate" => new ZLibStream(compressed, CompressionMode.Compress),
            "br" => new BrotliStream(compressed, CompressionMode.Compress),
            _ => new ZstdSharp.CompressionStream(compressed),
        })
        {
            stream.Write(bytes);
        }

        return compressed.ToArray();
    }

    private static async Task<HttpResponseMessage> SendAsync(TestServer server, string path, string encoding, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Address + path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentEncoding.Add(encoding);
        return await server.SendAsync(request);
    }
}

using System.Net;
using GGLib.Server;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Paths, methods, origins and hosts, as recorded from the real server.</summary>
public sealed class RoutingTests
{
    private const string PreflightHeaders =
        "Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,X-Stainless-Arch,X-Stainless-Async,X-Stainless-Custom-Poll-Interval,X-Stainless-Helper-Method,X-Stainless-Lang,X-Stainless-Os,X-Stainless-Package-Version,X-Stainless-Poll-Helper,X-Stainless-Retry-Count,X-Stainless-Runtime,X-Stainless-Runtime-Version,X-Stainless-Timeout";

    [Theory]
    [InlineData("GET", "/", 200, "text/plain; charset=utf-8", "Ollama is running")]
    [InlineData("HEAD", "/", 200, "text/plain; charset=utf-8", "")]
    [InlineData("GET", "/api/version", 200, "application/json; charset=utf-8", """{"version":"0.33.0"}""")]
    [InlineData("HEAD", "/api/version", 200, "application/json; charset=utf-8", "")]
    [InlineData("HEAD", "/api/tags", 200, "application/json; charset=utf-8", "")]
    [InlineData("GET", "/api/ps", 200, "application/json; charset=utf-8", """{"models":[]}""")]
    [InlineData("GET", "/api/status", 200, "application/json; charset=utf-8", """{"cloud":{"disabled":true,"source":"env"}}""")]
    [InlineData("POST", "/api/me", 401, "application/json; charset=utf-8", """{"error":"unauthorized"}""")]
    [InlineData("POST", "/api/signout", 200, "application/json; charset=utf-8", "null")]
    [InlineData("DELETE", "/api/user/keys/c3NoLWVk", 200, "application/json; charset=utf-8", "null")]
    [InlineData("POST", "/api/nope", 404, "text/plain", "404 page not found")]
    [InlineData("GET", "/nope", 404, "text/plain", "404 page not found")]
    [InlineData("POST", "/v1/nope", 404, "application/json", """{"error":{"message":"Unknown request URL: POST /v1/nope","type":"invalid_request_error","param":null,"code":"unknown_url"}}""")]
    [InlineData("POST", "/v1/models", 405, "application/json", """{"error":{"message":"POST is not supported for /v1/models; allowed: GET","type":"invalid_request_error","param":null,"code":"method_not_supported"}}""")]
    [InlineData("POST", "/v1/responses/compact", 405, "application/json", """{"error":{"message":"POST is not supported for /v1/responses/compact; allowed: GET, DELETE","type":"invalid_request_error","param":null,"code":"method_not_supported"}}""")]
    [InlineData("HEAD", "/v1/nope", 404, "text/plain", "")]
    [InlineData("GET", "/API/tags", 404, "text/plain", "404 page not found")]
    [InlineData("POST", "/API/tags", 404, "text/plain", "404 page not found")]
    [InlineData("GET", "/v1/Models", 404, "application/json", """{"error":{"message":"Unknown request URL: GET /v1/Models","type":"invalid_request_error","param":null,"code":"unknown_url"}}""")]
    public async Task Answers_by_path_and_method(string method, string path, int status, string type, string text)
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(new TestServer.Answer((HttpStatusCode)status, type, text), await server.AskAsync(method, path));
    }

    /// <summary>Codex opens a WebSocket first, and uses HTTP at once only after this status.</summary>
    [Fact]
    public async Task A_WebSocket_is_refused_with_426()
    {
        await using var server = await TestServer.StartAsync();
        using var request = server.Request("GET", "/v1/responses");
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var response = await server.SendAsync(request);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Equal("HTTP/1.1", response.Headers.Upgrade.ToString());
        Assert.Equal("""{"error":{"message":"WebSocket is not supported; use HTTP","type":"invalid_request_error","param":null,"code":"websocket_not_supported"}}""", await response.Content.ReadAsStringAsync(Limit.Token));
    }

    [Theory]
    [InlineData("POST", "/", "HEAD, GET")]
    [InlineData("OPTIONS", "/", "HEAD, GET")]
    [InlineData("POST", "/api/tags", "HEAD, GET")]
    [InlineData("DELETE", "/api/tags", "HEAD, GET")]
    [InlineData("HEAD", "/api/ps", "GET")]
    [InlineData("POST", "/api/ps", "GET")]
    [InlineData("GET", "/api/chat", "POST")]
    [InlineData("PUT", "/api/chat", "POST")]
    [InlineData("GET", "/api/show", "POST")]
    [InlineData("GET", "/api/embed", "POST")]
    [InlineData("GET", "/api/create", "POST")]
    [InlineData("GET", "/api/pull", "POST")]
    [InlineData("GET", "/api/copy", "POST")]
    [InlineData("GET", "/api/delete", "DELETE")]
    [InlineData("GET", "/api/blobs/sha256:4b13f63239a8548da998e99ce7950d323aa35f469dfe6486b151ad82eb8d2845", "HEAD, POST")]
    [InlineData("HEAD", "/v1/models", "GET")]
    public async Task A_wrong_method_is_told_the_right_ones(string method, string path, string allowed)
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.SendAsync(server.Request(method, path));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(method is "HEAD" ? "" : "405 method not allowed", await response.Content.ReadAsStringAsync(Limit.Token));
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow));
    }

    [Theory]
    [InlineData("GET", "/api/tags/", 301, "/api/tags", "<a href=\"/api/tags\">Moved Permanently</a>.\n\n")]
    [InlineData("GET", "/api/tags/?a=1&b", 301, "/api/tags?a=1&b", "<a href=\"/api/tags?a=1&amp;b\">Moved Permanently</a>.\n\n")]
    [InlineData("POST", "/api/chat/", 307, "/api/chat", "")]
    [InlineData("GET", "//api/tags", 307, "/api/tags", "<a href=\"/api/tags\">Temporary Redirect</a>.\n\n")]
    [InlineData("POST", "/api//chat", 307, "/api/chat", "")]
    [InlineData("GET", "///evil.example//", 307, "/evil.example/", "<a href=\"/evil.example/\">Temporary Redirect</a>.\n\n")]
    [InlineData("GET", "//caf%C3%A9%0D%0AX:y", 307, "/caf%C3%A9%0D%0AX:y", "<a href=\"/caf%C3%A9%0D%0AX:y\">Temporary Redirect</a>.\n\n")]
    public async Task Slashes_too_many_are_redirected(string method, string path, int status, string location, string text)
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.SendAsync(server.Request(method, path, method is "POST" ? "{}" : null));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(location, response.Headers.Location?.OriginalString);
        Assert.Equal(text, await response.Content.ReadAsStringAsync(Limit.Token));
    }

    [Fact]
    public async Task Every_answer_names_our_own_version_and_no_other_server()
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.SendAsync(server.Request("GET", "/api/version"));

        Assert.Equal("0.1.0", string.Join(',', response.Headers.GetValues("X-GGLib-Version")));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task An_allowed_page_is_answered()
    {
        await using var server = await TestServer.StartAsync();
        using var response = await FromAsync(server, "GET", "/api/version", "http://localhost:3000");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("http://localhost:3000", "Origin"), (Header(response, "Access-Control-Allow-Origin"), Header(response, "Vary")));
    }

    [Fact]
    public async Task A_browsers_question_is_answered_before_the_route_is()
    {
        await using var server = await TestServer.StartAsync();
        using var response = await FromAsync(server, "OPTIONS", "/api/chat", "http://localhost:3000");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("http://localhost:3000", Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal("GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS", Header(response, "Access-Control-Allow-Methods"));
        Assert.Equal(PreflightHeaders, Header(response, "Access-Control-Allow-Headers"));
        Assert.Equal("43200", Header(response, "Access-Control-Max-Age"));
        Assert.Equal(["POST"], response.Content.Headers.Allow);
        Assert.Equal(["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"], response.Headers.GetValues("Vary"));
    }

    [Theory]
    [InlineData("http://localhost", true)]
    [InlineData("https://localhost:8443", true)]
    [InlineData("http://127.0.0.1:1", true)]
    [InlineData("http://0.0.0.0", true)]
    [InlineData("app://obsidian.md", true)]
    [InlineData("file://", true)]
    [InlineData("tauri://localhost", true)]
    [InlineData("vscode-webview://1abc", true)]
    [InlineData("vscode-file://vscode-app", true)]
    [InlineData("http://evil.example", false)]
    [InlineData("http://localhost.evil.example", false)]
    [InlineData("http://127.0.0.1.evil.example", false)]
    [InlineData("https://evil.example/http://localhost", false)]
    [InlineData("chrome-extension://abc", false)]
    [InlineData("ftp://localhost", false)]
    [InlineData("null", false)]
    public async Task Pages_of_this_machine_and_of_programs_may_others_may_not(string origin, bool allowed)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var method in (string[])["GET", "POST", "OPTIONS"])
        {
            using var response = await FromAsync(server, method, "/api/version", origin);

            Assert.Equal(!allowed, response.StatusCode is HttpStatusCode.Forbidden);
            Assert.Equal(allowed, response.Headers.Contains("Access-Control-Allow-Origin"));
            if (!allowed)
            {
                Assert.Equal("", await response.Content.ReadAsStringAsync(Limit.Token));
            }
        }
    }

    [Fact]
    public async Task A_page_of_this_very_server_may()
    {
        await using var server = await TestServer.StartAsync();
        using var request = server.Request("GET", "/api/version");
        request.Headers.Host = "box.local:11434";
        request.Headers.Add("Origin", "http://box.local:11434");
        using var response = await server.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("https://*.example.com", "https://chat.example.com", true)]
    [InlineData("https://*.example.com", "https://example.org", false)]
    [InlineData("https://a.example", "https://aXexample", false)]
    [InlineData("chrome-extension://*", "chrome-extension://abc", true)]
    [InlineData("*", "http://evil.example", true)]
    public async Task Further_origins_can_be_allowed(string pattern, string origin, bool allowed)
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { Version = "0.1.0", Origins = [pattern] });
        using var response = await FromAsync(server, "GET", "/api/version", origin);

        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        if (pattern is "*")
        {
            Assert.Equal("*", Header(response, "Access-Control-Allow-Origin"));
        }
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:11434", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.9.10:1", true)]
    [InlineData("[::1]:11434", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("192.168.1.5", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("172.31.255.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("8.8.8.8", false)]
    [InlineData("host.docker.internal", true)]
    [InlineData("box.local", true)]
    [InlineData("a.localhost", true)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("notlocalhost", false)]
    public async Task A_name_that_was_made_to_point_here_is_refused(string host, bool allowed)
    {
        await using var server = await TestServer.StartAsync();
        using var request = server.Request("GET", "/api/version");
        request.Headers.Host = host;
        using var response = await server.SendAsync(request);

        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(allowed, (await response.Content.ReadAsStringAsync(Limit.Token)).Length > 0);
    }

    [Fact]
    public async Task Listening_to_all_any_name_is_good()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { Version = "0.1.0", Host = "0.0.0.0" });
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal) + "/api/version");
        request.Headers.Host = "models.example.com";
        using var response = await server.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<HttpResponseMessage> FromAsync(TestServer server, string method, string path, string origin)
    {
        using var request = server.Request(method, path);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        return await server.SendAsync(request);
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(',', response.Headers.GetValues(name));
}

using System.Net;
using System.Text.Json;
using GGLib.Server;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Responses that later requests refer to, over the whole server. The scripted engine shows what the model reads.</summary>
public sealed class StoredResponsesTests
{
    private const string NotFound = """{"error":{"message":"Response with id 'resp_x' not found.","type":"invalid_request_error","param":null,"code":null}}""";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_continues_the_previous_response(bool stream)
    {
        await using var server = await StartAsync("one");
        var first = IdOf(await server.PostAsync("/v1/responses", $$"""{"model":"tiny","instructions":"Be brief.","input":"a","stream":{{(stream ? "true" : "false")}}}"""));
        await server.Engine.NextAsync();
        Script(server, "two");
        var second = IdOf(await server.PostAsync("/v1/responses", $$"""{"model":"tiny","input":[{"role":"user","content":"b"}],"previous_response_id":"{{first}}"}"""));
        Assert.Equal("""[{"role":"user","content":"a"},{"role":"assistant","content":"one"},{"role":"user","content":"b"}]""", await MessagesAsync(server));

        await server.PostAsync("/v1/responses", $$"""{"model":"tiny","instructions":"Be long.","input":"c","previous_response_id":"{{second}}"}""");
        Assert.Equal(
            """[{"role":"system","content":"Be long."},{"role":"user","content":"a"},{"role":"assistant","content":"one"},{"role":"user","content":"b"},{"role":"assistant","content":"two"},{"role":"user","content":"c"}]""",
            await MessagesAsync(server));
    }

    [Fact]
    public async Task An_earlier_response_can_be_continued_twice()
    {
        await using var server = await StartAsync("one");
        var first = IdOf(await server.PostAsync("/v1/responses", """{"model":"tiny","input":"a"}"""));
        await server.Engine.NextAsync();
        foreach (var text in (string[])["b", "c"])
        {
            await server.PostAsync("/v1/responses", $$"""{"model":"tiny","input":"{{text}}","previous_response_id":"{{first}}"}""");
            Assert.Equal($$"""[{"role":"user","content":"a"},{"role":"assistant","content":"one"},{"role":"user","content":"{{text}}"}]""", await MessagesAsync(server));
        }
    }

    [Fact]
    public async Task Items_are_found_by_their_ids()
    {
        await using var server = await StartAsync("one");
        var response = ResponseOf(await server.PostAsync("/v1/responses", """{"model":"tiny","input":[{"role":"user","content":"a"}]}"""));
        await server.Engine.NextAsync();
        using var input = JsonDocument.Parse((await SendAsync(server, HttpMethod.Get, $"/v1/responses/{response.GetProperty("id").GetString()}/input_items")).Text);
        var question = input.RootElement.GetProperty("first_id").GetString();
        var answer = response.GetProperty("output")[0].GetProperty("id").GetString();
        var next = await server.PostAsync("/v1/responses", $$"""{"model":"tiny","input":[{"type":"item_reference","id":"{{question}}"},{"id":"{{answer}}"},{"role":"user","content":"b"}]}""");
        Assert.Equal(HttpStatusCode.OK, next.Status);
        Assert.Equal("""[{"role":"user","content":"a"},{"role":"assistant","content":"one"},{"role":"user","content":"b"}]""", await MessagesAsync(server));
    }

    [Fact]
    public async Task An_id_that_a_client_chose_names_no_item_of_another_client()
    {
        await using var server = await StartAsync("one");
        await server.PostAsync("/v1/responses", """{"model":"tiny","input":[{"id":"msg_1","role":"user","content":"a secret"}]}""");
        var other = await server.PostAsync("/v1/responses", """{"model":"tiny","input":[{"type":"item_reference","id":"msg_1"},{"role":"user","content":"b"}]}""");
        Assert.Equal(HttpStatusCode.NotFound, other.Status);
    }

    [Fact]
    public async Task A_response_is_read_and_deleted()
    {
        await using var server = await StartAsync("one");
        var created = await server.PostAsync("/v1/responses", """{"model":"tiny","input":"a","metadata":{"k":"v"}}""");
        var path = "/v1/responses/" + IdOf(created);

        Assert.Equal((HttpStatusCode.OK, created.Text), await SendAsync(server, HttpMethod.Get, path));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(server, HttpMethod.Get, path + "?stream=true")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(server, HttpMethod.Post, path + "/cancel")).Status);
        Assert.Equal((HttpStatusCode.OK, $$"""{"id":"{{IdOf(created)}}","object":"response","deleted":true}"""), await SendAsync(server, HttpMethod.Delete, path));
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(server, HttpMethod.Get, path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(server, HttpMethod.Delete, path)).Status);
    }

    [Fact]
    public async Task Input_items_are_listed_in_pages()
    {
        await using var server = await StartAsync("one");
        var first = IdOf(await server.PostAsync("/v1/responses", """{"model":"tiny","input":"a"}"""));
        var second = IdOf(await server.PostAsync("/v1/responses", $$"""{"model":"tiny","input":[{"id":"msg_b","role":"user","content":"b"}],"previous_response_id":"{{first}}"}"""));

        var (status, text) = await SendAsync(server, HttpMethod.Get, $"/v1/responses/{second}/input_items?limit=2");
        Assert.Equal(HttpStatusCode.OK, status);
        using var page = JsonDocument.Parse(text);
        Assert.Equal("""{"id":"msg_b","type":"message","status":"completed","role":"user","content":[{"type":"input_text","text":"b"}]}""", page.RootElement.GetProperty("data")[0].GetRawText());
        Assert.Equal(("list", "msg_b", true), (page.RootElement.GetProperty("object").GetString(), page.RootElement.GetProperty("first_id").GetString(), page.RootElement.GetProperty("has_more").GetBoolean()));
        var last = page.RootElement.GetProperty("last_id").GetString();
        using var rest = JsonDocument.Parse((await SendAsync(server, HttpMethod.Get, $"/v1/responses/{second}/input_items?after={last}")).Text);
        Assert.Equal("a", rest.RootElement.GetProperty("data")[0].GetProperty("content")[0].GetProperty("text").GetString());
        Assert.False(rest.RootElement.GetProperty("has_more").GetBoolean());
        using var ascending = JsonDocument.Parse((await SendAsync(server, HttpMethod.Get, $"/v1/responses/{second}/input_items?order=asc")).Text);
        Assert.Equal(3, ascending.RootElement.GetProperty("data").GetArrayLength());
        Assert.Equal("a", ascending.RootElement.GetProperty("data")[0].GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("order=up", "order")]
    [InlineData("after=nope", "after")]
    public async Task A_page_with_invalid_parameters_is_rejected(string query, string parameter)
    {
        await using var server = await StartAsync("one");
        var id = IdOf(await server.PostAsync("/v1/responses", """{"model":"tiny","input":"a"}"""));
        var (status, text) = await SendAsync(server, HttpMethod.Get, $"/v1/responses/{id}/input_items?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains($"\"param\":\"{parameter}\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/v1/responses/resp_x")]
    [InlineData("DELETE", "/v1/responses/resp_x")]
    [InlineData("GET", "/v1/responses/resp_x/input_items")]
    [InlineData("POST", "/v1/responses/resp_x/cancel")]
    public async Task An_unknown_response_is_not_found(string method, string path)
    {
        await using var server = await StartAsync("one");
        Assert.Equal((HttpStatusCode.NotFound, NotFound), await SendAsync(server, new HttpMethod(method), path));
    }

    [Fact]
    public async Task Nothing_is_stored_without_store()
    {
        await using var server = await StartAsync("one");
        var answer = await server.PostAsync("/v1/responses", """{"model":"tiny","input":"a","store":false}""");
        Assert.False(ResponseOf(answer).GetProperty("store").GetBoolean());
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(server, HttpMethod.Get, "/v1/responses/" + IdOf(answer))).Status);
        var next = await server.PostAsync("/v1/responses", $$"""{"model":"tiny","input":"b","previous_response_id":"{{IdOf(answer)}}"}""");
        Assert.Equal(HttpStatusCode.BadRequest, next.Status);
        Assert.Contains("\"code\":\"previous_response_not_found\"", next.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_stores_nothing_says_so()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { Version = "0.1.0", StoredResponses = 0 });
        Script(server, "one");
        var answer = await server.PostAsync("/v1/responses", """{"model":"tiny","input":"a","store":true}""");
        Assert.False(ResponseOf(answer).GetProperty("store").GetBoolean());
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(server, HttpMethod.Get, "/v1/responses/" + IdOf(answer))).Status);
    }

    [Fact]
    public async Task Tokens_of_a_continuation_are_counted()
    {
        await using var server = await StartAsync("one");
        var first = IdOf(await server.PostAsync("/v1/responses", """{"model":"tiny","input":"a"}"""));
        await server.Engine.NextAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("""{"object":"response.input_tokens","input_tokens":42}""");
        await server.PostAsync("/v1/responses/input_tokens", $$"""{"model":"tiny","previous_response_id":"{{first}}"}""");
        Assert.Equal("""[{"role":"user","content":"a"},{"role":"assistant","content":"one"}]""", await MessagesAsync(server));
    }

    private static async Task<TestServer> StartAsync(string text)
    {
        var server = await TestServer.StartAsync(new ServerOptions { Version = "0.1.0", RewritesMessages = static _ => false });
        Script(server, text);
        return server;
    }

    private static void Script(TestServer server, string text) =>
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Role, Samples.Content(text), Samples.Finish, Samples.Usage, "[DONE]");

    private static async Task<string> MessagesAsync(TestServer server)
    {
        using var body = JsonDocument.Parse((await server.Engine.NextAsync()).Body);
        return body.RootElement.GetProperty("messages").GetRawText();
    }

    private static JsonElement ResponseOf(TestServer.Answer answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var text = answer.Text.StartsWith('{') ? answer.Text : answer.Text[(answer.Text.LastIndexOf("data: ", StringComparison.Ordinal) + "data: ".Length)..];
        var json = JsonElement.Parse(text);
        return json.TryGetProperty("response", out var response) ? response : json;
    }

    private static string IdOf(TestServer.Answer answer) => ResponseOf(answer).GetProperty("id").GetString()!;

    private static async Task<(HttpStatusCode Status, string Text)> SendAsync(TestServer server, HttpMethod method, string path)
    {
        var answer = await server.AskAsync(method.Method, path);
        return (answer.Status, answer.Text);
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace GGLib.Tests.Server.Clients;

/// <summary>Open WebUI's Ollama connection.</summary>
public sealed partial class OpenWebUITests
{
    private static readonly (string, string)[] Headers =
        [("Authorization", "Bearer sk-anything"), ("X-OpenWebUI-User-Name", "Ann"), ("X-OpenWebUI-User-Id", "1"), ("X-OpenWebUI-User-Role", "admin")];

    [Fact]
    public async Task The_connection_is_verified_by_a_version_of_numbers_and_dots()
    {
        await using var server = await ClientTraffic.StartAsync();

        Assert.Matches(Version(), (await server.JsonAsync("GET", "/api/version", headers: Headers)).Text("version"));
    }

    [Fact]
    public async Task Names_are_asked_with_the_tag_that_the_list_carries()
    {
        await using var server = await ClientTraffic.StartAsync();
        foreach (var model in (await server.JsonAsync("GET", "/api/tags", headers: Headers)).Items("models"))
        {
            Assert.EndsWith(":latest", model.Text("model"), StringComparison.Ordinal);
            await server.JsonAsync("POST", "/api/show", $$"""{"model":"{{model.Text("model")}}"}""", Headers);
        }
    }

    [Fact]
    public async Task Expiry_is_a_time_that_Python_reads()
    {
        await using var server = await ClientTraffic.StartAsync();
        await server.JsonAsync("POST", "/api/generate", """{"model":"tiny:latest","prompt":"","stream":false,"keep_alive":"5m"}""", Headers);
        var expires = Assert.Single((await server.JsonAsync("GET", "/api/ps", headers: Headers)).Items("models")).Text("expires_at");

        // datetime.fromisoformat, before 3.11: three or six digits of fraction, and an offset instead of Z where the client replaces it.
        Assert.True(DateTimeOffset.TryParse(expires, CultureInfo.InvariantCulture, out _), expires);
        Assert.Matches(IsoTime(), expires);
    }

    [Fact]
    public async Task The_chat_streams_with_what_the_interface_adds_and_ends_with_counts()
    {
        await using var server = await ClientTraffic.StartAsync();
        var lines = await server.LinesAsync(
            "/api/chat",
            """{"model":"tiny:latest","messages":[{"role":"user","content":"hi"}],"options":{"temperature":0.7,"num_ctx":2048},"stream":true,"metadata":{"chat_id":"x"},"keep_alive":"5m","format":null,"tools":[]}""",
            Headers);

        Assert.Equal("Hi there", string.Concat(lines.Select(static line => line.GetProperty("message").Text("content"))));
        Assert.Equal((2, 11), (lines[^1].GetProperty("eval_count").GetInt32(), lines[^1].GetProperty("prompt_eval_count").GetInt32()));
        Assert.True(lines[^1].GetProperty("eval_duration").GetInt64() > 0);
    }

    [Fact]
    public async Task A_model_is_unloaded_by_an_empty_prompt()
    {
        await using var server = await ClientTraffic.StartAsync();
        await server.JsonAsync("POST", "/api/generate", """{"model":"tiny:latest","prompt":"","stream":false}""", Headers);
        var reply = await server.JsonAsync("POST", "/api/generate", """{"model":"tiny:latest","keep_alive":0,"prompt":"","stream":false}""", Headers);

        Assert.Equal("unload", reply.Text("done_reason"));
    }

    [Fact]
    public async Task Embeddings_come_for_a_batch()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = static _ => Engine.Processes.ScriptedEngine.Json("""{"data":[{"index":0,"embedding":[3,4]},{"index":1,"embedding":[0,2]}],"usage":{"prompt_tokens":2}}""");

        Assert.Equal("[[0.6,0.8],[0,1]]", (await server.JsonAsync("POST", "/api/embed", """{"model":"tinyembed:latest","input":["a","b"],"truncate":true}""", Headers)).GetProperty("embeddings").GetRawText());
    }

    [Fact]
    public async Task The_OpenAI_connection_lists_ids_and_chats()
    {
        await using var server = await ClientTraffic.StartAsync();
        var ids = (await server.JsonAsync("GET", "/v1/models", headers: Headers)).Items("data").Select(static model => model.Text("id")).ToList();

        Assert.Contains("tiny:latest", ids);
        Assert.EndsWith("data: [DONE]\n\n", await server.TextAsync("POST", "/v1/chat/completions", """{"model":"tiny:latest","stream":true,"messages":[{"role":"user","content":"hi"}]}""", Headers), StringComparison.Ordinal);
    }

    [GeneratedRegex("^[0-9]+(\\.[0-9]+)*$")]
    private static partial Regex Version();

    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$")]
    private static partial Regex IsoTime();
}

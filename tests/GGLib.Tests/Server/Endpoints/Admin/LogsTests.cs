using System.Net;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Program;

namespace GGLib.Tests.Server.Endpoints.Admin;

/// <summary><c>GET /api/gglib/logs</c>, and <c>gglib logs</c> over it.</summary>
public sealed class LogsTests
{
    private const string Load = """{"model":"tiny"}""";

    [Fact]
    public async Task The_kept_lines_are_text_or_json_and_may_be_limited()
    {
        await using var server = await LoadedAsync();

        Assert.Equal(new TestServer.Answer(HttpStatusCode.OK, "text/plain; charset=utf-8", "0.01 I a: one\nggml: \"two\"\n0.03 E a: three\n"), await server.AskAsync("GET", "/api/gglib/logs?model=tiny"));
        Assert.Equal("0.03 E a: three\n", (await server.AskAsync("GET", "/api/gglib/logs?model=tiny:latest&lines=1")).Text);
        Assert.Equal("", (await server.AskAsync("GET", "/api/gglib/logs?model=tiny&lines=0")).Text);
        using var request = server.Request("GET", "/api/gglib/logs?model=tiny");
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        using var response = await server.SendAsync(request);
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("""
            {"level":"info","text":"0.01 I a: one"}
            {"level":null,"text":"ggml: \"two\""}
            {"level":"error","text":"0.03 E a: three"}

            """, await response.Content.ReadAsStringAsync(Limit.Token));
    }

    [Theory]
    [InlineData("", 400, "model is required, for example /api/gglib/logs?model=demo-chat")]
    [InlineData("?model=tiny&lines=x", 400, "lines must be a whole number")]
    [InlineData("?model=tiny&lines=-1", 400, "lines must be a whole number")]
    [InlineData("?model=other", 404, "model 'other' not found")]
    [InlineData("?model=tiny", 404, "model 'tiny' has not been started since the server began, so it has no log")]
    public async Task What_cannot_be_shown_is_refused_with_one_sentence(string query, int status, string error)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.AskAsync("GET", "/api/gglib/logs" + query);
        Assert.Equal(((HttpStatusCode)status, $$"""{"error":"{{error}}"}"""), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task Following_goes_on_with_new_lines_and_with_the_next_process_and_ends_with_the_server()
    {
        await using var server = await LoadedAsync();
        using var response = await server.SendAsync(server.Request("GET", "/api/gglib/logs?model=tiny&lines=1&follow=1"));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Limit.Token));
        Assert.Equal("0.03 E a: three", await reader.ReadLineAsync(Limit.Token));

        server.Runners.Runners.Last().Log.Add("four");
        Assert.Equal("four", await reader.ReadLineAsync(Limit.Token));

        server.Runners.Runners.Last().Die("exit code 1");
        await server.PostAsync("/api/generate", Load);
        server.Runners.Runners.Last().Log.Add("five");
        Assert.Equal("five", await reader.ReadLineAsync(Limit.Token));

        var end = reader.ReadLineAsync(Limit.Token).AsTask();
        await server.StopAsync();
        Assert.Null(await end.Within());
    }

    [Fact]
    public async Task A_model_that_failed_to_start_leaves_its_log()
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        await using var server = await TestServer.StartAsync(factory);
        var asked = server.PostAsync("/api/generate", Load);
        var start = await factory.NextAsync();
        start.Request.Log.Add("0.01 E a: the reason");
        start.Fail("no");
        await asked;

        Assert.Equal("0.01 E a: the reason\n", (await server.AskAsync("GET", "/api/gglib/logs?model=tiny")).Text);
    }

    [Fact]
    public async Task The_verb_shows_them()
    {
        await using var server = await LoadedAsync();
        using var run = new CommandRun { Variables = { ["OLLAMA_HOST"] = server.Address } };

        Assert.Equal((0, "ggml: \"two\"\n0.03 E a: three\n", ""), (await run.RunAsync("logs", "tiny", "-n", "2"), run.Output, run.Error));
        Assert.Equal((0, """{"level":"error","text":"0.03 E a: three"}""" + "\n"), (await run.RunAsync("logs", "tiny", "-n", "1", "--json"), run.Output));
        Assert.Equal((5, "", "gglib: Model 'other' not found.\n"), (await run.RunAsync("logs", "other"), run.Output, run.Error));
        Assert.Equal(2, await run.RunAsync("logs", "tiny", "-n", "-1"));
    }

    [Fact]
    public async Task The_verb_says_when_no_server_runs()
    {
        using var run = new CommandRun { Variables = { ["OLLAMA_HOST"] = "127.0.0.1:1" } };

        Assert.Equal(6, await run.RunAsync("logs", "tiny"));
        Assert.Equal("gglib: No server answers at http://127.0.0.1:1. Start one with: gglib up (or name another one with OLLAMA_HOST)\n", run.Error);
    }

    private static async Task<TestServer> LoadedAsync()
    {
        var server = await TestServer.StartAsync();
        await server.PostAsync("/api/generate", Load);
        foreach (var line in (string[])["0.01 I a: one", "ggml: \"two\"", "0.03 E a: three"])
        {
            server.Runners.Runners.Single().Log.Add(line);
        }

        return server;
    }
}

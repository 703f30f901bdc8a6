using System.Net;
using System.Text;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Clients that leave, loads that never end, and the end of the server.</summary>
public sealed class LeavingTests
{
    private const string NativeStream = """{"model":"tiny","messages":[{"role":"user","content":"hi"}]}""";
    private const string NativeWhole = """{"model":"tiny","stream":false,"messages":[{"role":"user","content":"hi"}]}""";
    private const string Relayed = """{"model":"tiny","stream":true,"messages":[{"role":"user","content":"hi"}]}""";

    [Theory]
    [InlineData("/api/chat", NativeStream)]
    [InlineData("/v1/chat/completions", Relayed)]
    public async Task A_client_that_leaves_the_queue_does_not_end_the_load(string path, string body)
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        await using var server = await TestServer.StartAsync(factory);
        using var leaving = new CancellationTokenSource();
        var asking = server.SendUntilAsync(server.Request("POST", path, body), leaving.Token);
        var start = await factory.NextAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal(499, (await server.NextEndedAsync()).Status);

        var runner = start.Succeed();
        await server.PostAsync("/api/generate", """{"model":"tiny"}""");

        Assert.False(runner.IsDisposed);
        Assert.False(factory.HasMore);
        Assert.False(server.Engine.HasMore);
    }

    [Theory]
    [InlineData("/api/chat", NativeStream)]
    [InlineData("/api/chat", NativeWhole)]
    [InlineData("/api/embed", """{"model":"tinyembed","input":"x"}""")]
    [InlineData("/v1/chat/completions", Relayed)]
    public async Task A_client_that_leaves_before_the_first_token_takes_its_request_along(string path, string body)
    {
        await using var server = await TestServer.StartAsync();
        using var leaving = new CancellationTokenSource();
        var asking = server.SendUntilAsync(server.Request("POST", path, body), leaving.Token);
        var call = await server.Engine.NextAsync();

        await leaving.CancelAsync();

        await call.GivenUpAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Theory]
    [InlineData("/api/chat", NativeStream, true)]
    [InlineData("/api/chat", NativeWhole, false)]
    [InlineData("/v1/chat/completions", Relayed, true)]
    public async Task A_client_that_leaves_mid_stream_takes_its_request_along(string path, string body, bool hasOutput)
    {
        await using var server = await TestServer.StartAsync();
        using var upstream = new ScriptedStream();
        server.Engine.Answer = _ => ScriptedEngine.Stream(upstream);
        upstream.Event(Samples.Content("a"));
        using var leaving = new CancellationTokenSource();
        var asking = server.SendUntilAsync(server.Request("POST", path, body), leaving.Token);
        await server.Engine.NextAsync();
        if (hasOutput)
        {
            using var response = await asking;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        else
        {
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        }

        await upstream.GivenUp.Within();
        await server.PostAsync("/api/generate", """{"model":"tiny","keep_alive":0}""");
        await server.Runners.Runners.Single().Exited.Within();
    }

    [Fact]
    public async Task Lists_answer_at_once_while_a_model_loads()
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        await using var server = await TestServer.StartAsync(factory);
        using var leaving = new CancellationTokenSource();
        var asking = server.SendUntilAsync(server.Request("POST", "/api/chat", NativeStream), leaving.Token);
        await factory.NextAsync();

        foreach (var path in (string[])["/", "/api/version", "/api/tags", "/v1/models"])
        {
            Assert.Equal(HttpStatusCode.OK, (await server.AskAsync("GET", path)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/show", """{"model":"tiny"}""")).Status);
        Assert.Contains("\"name\":\"tiny:latest\"", (await server.AskAsync("GET", "/api/ps")).Text, StringComparison.Ordinal);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Theory]
    [InlineData("/api/chat", NativeWhole, """{"error":"it did nothing"}""")]
    [InlineData("/api/embed", """{"model":"tinyembed","input":"x"}""", """{"error":"it did nothing"}""")]
    [InlineData("/v1/chat/completions", Relayed, """{"error":{"message":"it did nothing","type":"api_error","param":null,"code":null}}""")]
    [InlineData("/v1/embeddings", """{"model":"tinyembed","input":"x"}""", """{"error":{"message":"it did nothing","type":"api_error","param":null,"code":null}}""")]
    public async Task Who_waits_for_an_engine_that_is_replaced_hears_why(string path, string body, string expected)
    {
        await using var server = await TestServer.StartAsync();
        var asking = server.PostAsync(path, body);
        await server.Engine.NextAsync();

        var runner = Assert.Single(server.Runners.Runners);
        runner.Condemn("it did nothing");
        await runner.DisposeAsync();

        Assert.Equal(expected, (await asking).Text);
    }

    [Theory]
    [InlineData("/api/chat", NativeStream, "{\"error\":\"an error was encountered while running the model: the server is shutting down\"}\n")]
    [InlineData("/v1/chat/completions", Relayed, "data: {\"error\":{\"message\":\"an error was encountered while running the model: the server is shutting down\",\"type\":\"api_error\",\"param\":null,\"code\":null}}\n\n")]
    public async Task The_end_of_the_server_ends_open_streams_with_an_error(string path, string body, string last)
    {
        await using var server = await TestServer.StartAsync();
        using var upstream = new ScriptedStream();
        server.Engine.Answer = _ => ScriptedEngine.Stream(upstream);
        upstream.Event(Samples.Content("a"));
        using var response = await server.SendAsync(server.Request("POST", path, body));
        var reading = response.Content.ReadAsByteArrayAsync(Limit.Token);

        await server.StopAsync();

        Assert.EndsWith(last, Encoding.UTF8.GetString(await reading), StringComparison.Ordinal);
        Assert.True(server.Runners.Runners.Single().IsDisposed);
    }

    [Theory]
    [InlineData("/api/chat", NativeStream)]
    [InlineData("/api/chat", NativeWhole)]
    [InlineData("/api/generate", """{"model":"tiny"}""")]
    [InlineData("/api/embed", """{"model":"tinyembed","input":"x"}""")]
    [InlineData("/v1/chat/completions", Relayed)]
    public async Task The_end_of_the_server_is_told_to_who_waits_for_a_load(string path, string body)
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        await using var server = await TestServer.StartAsync(factory);
        var asking = server.PostAsync(path, body);
        await factory.NextAsync();

        await server.StopAsync();

        var answer = await asking;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Contains("the server is shutting down", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_unloads_a_model_does_not_cut_its_answers()
    {
        await using var server = await TestServer.StartAsync();
        using var upstream = new ScriptedStream();
        server.Engine.Answer = _ => ScriptedEngine.Stream(upstream);
        upstream.Event(Samples.Content("a"));
        var asking = server.PostAsync("/api/chat", NativeStream);
        await server.Engine.NextAsync();
        await server.PostAsync("/api/generate", """{"model":"tiny","keep_alive":0}""");

        upstream.Send(Samples.Body(Samples.Finish, "[DONE]"));

        Assert.Contains("\"done_reason\":\"stop\"", (await asking).Text, StringComparison.Ordinal);
        await server.Runners.Runners.Single().Exited.Within();
    }
}

using System.Net;
using System.Text.Json;
using GGLib.Tests.Engine.Processes;

namespace GGLib.Tests.Server.Endpoints.Admin;

/// <summary><c>GET /api/gglib/status</c>.</summary>
public sealed class StatusTests
{
    private const string Load = """{"model":"tiny"}""";

    [Fact]
    public async Task A_server_without_models_loaded_tells_of_itself()
    {
        await using var server = await TestServer.StartAsync(new GGLib.Server.ServerOptions { Version = "0.1.0", EnginePath = "/opt/llama-server", EngineVersion = "0.7.0" });
        var answer = await server.AskAsync("GET", "/api/gglib/status");

        Assert.Equal((HttpStatusCode.OK, "application/json; charset=utf-8"), (answer.Status, answer.ContentType));
        var status = JsonElement.Parse(answer.Text);
        Assert.InRange(status.GetProperty("uptime_seconds").GetDouble(), 0, 600);
        Assert.Equal("""
            "0.1.0" "0.33.0" {"path":"/opt/llama-server","version":"0.7.0"} 0 []
            """, $"{Raw("version")} {Raw("ollama_version")} {Raw("engine")} {Raw("queue_length")} {Raw("models")}");
        string Raw(string name) => status.GetProperty(name).GetRawText();
    }

    [Fact]
    public async Task A_model_that_loads_shows_how_far_it_is_and_then_what_it_takes()
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        await using var server = await TestServer.StartAsync(factory);
        var asked = server.PostAsync("/api/generate", Load);
        var start = await factory.NextAsync();
        start.Request.Log.SetLoaded(0.25);

        var loading = await ModelAsync(server);
        Assert.Equal(("tiny:latest", "starting", 0.25, 0), (Text(loading, "name"), Text(loading, "phase"), loading.GetProperty("load_progress").GetDouble(), loading.GetProperty("slots").GetInt32()));

        start.Succeed();
        await asked;
        await server.NextEndedAsync();
        var ready = await ModelAsync(server);
        Assert.Equal("ready", Text(ready, "phase"));
        Assert.False(ready.TryGetProperty("load_progress", out _));
        Assert.Equal((123_456_789, 23_456_789, 2048, 4, 4711), (Number("memory"), Number("device_memory"), Number("context_length"), Number("slots"), Number("process_id")));
        int Number(string name) => ready.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task A_model_that_failed_shows_why()
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        await using var server = await TestServer.StartAsync(factory);
        var asked = server.PostAsync("/api/generate", Load);
        (await factory.NextAsync()).Fail("error loading model tiny.gguf: no");
        await asked;

        var failed = await ModelAsync(server);
        Assert.Equal(("failed", "error loading model tiny.gguf: no"), (Text(failed, "phase"), Text(failed, "failure")));
        Assert.Equal(0, failed.GetProperty("memory").GetInt32());
    }

    private static async Task<JsonElement> ModelAsync(TestServer server) =>
        Assert.Single(JsonElement.Parse((await server.AskAsync("GET", "/api/gglib/status")).Text).GetProperty("models").EnumerateArray());

    private static string? Text(JsonElement model, string name) => model.GetProperty(name).GetString();
}

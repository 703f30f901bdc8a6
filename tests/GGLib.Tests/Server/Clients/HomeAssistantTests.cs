using GGLib.Tests.Engine.Processes;

namespace GGLib.Tests.Server.Clients;

/// <summary>Home Assistant: lists every thirty seconds and gives them five; chats with a schema, <c>think</c>, and whole numbers as <c>keep_alive</c>.</summary>
public sealed class HomeAssistantTests
{
    [Fact]
    public async Task Lists_are_answered_while_a_model_loads()
    {
        await using var server = await TestServer.StartAsync(new FakeRunnerFactory { Automatic = false });
        var loading = server.SendAsync(server.Request("POST", "/api/generate", """{"model":"tiny"}"""));
        var start = await server.Runners.NextAsync();

        Assert.Equal(5, (await server.JsonAsync("GET", "/api/tags")).Items("models").Count);
        Assert.Single((await server.JsonAsync("GET", "/api/ps")).Items("models"));
        Assert.False(loading.IsCompleted);
        start.Succeed();
        (await loading.Within()).Dispose();
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("\"300s\"")]
    public async Task A_conversation_with_tools(string keepAlive)
    {
        await using var server = await ClientTraffic.StartAsync();
        var lines = await server.LinesAsync(
            "/api/chat",
            $$$"""{"model":"tinytools:latest","messages":[{"role":"system","content":"You control a home.","images":null,"tool_calls":null},{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"HassTurnOn","parameters":{"type":"object","properties":{"name":{"type":"string"}},"required":[]},"description":"Turns on"}}],"stream":true,"keep_alive":{{{keepAlive}}},"options":{"num_ctx":8192},"think":false}""");

        Assert.Equal("Hi there", string.Concat(lines.Select(static line => line.GetProperty("message").Text("content"))));
        Assert.Contains("\"enable_thinking\":false", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_with_a_schema()
    {
        await using var server = await ClientTraffic.StartAsync();
        await server.LinesAsync(
            "/api/chat",
            """{"model":"tiny:latest","messages":[{"role":"user","content":"hi"}],"format":{"type":"object","properties":{"on":{"type":"boolean"}},"required":["on"]},"stream":true,"keep_alive":-1,"options":{"num_ctx":8192},"think":null}""");

        Assert.Contains("""{"type":"object","properties":{"on":{"type":"boolean"}},"required":["on"]}""", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }
}

using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Clients;

/// <summary>The "Ollama" extension of VS Code: version, tags with capabilities, ps while a model loads, the native chat with tools.</summary>
public sealed class OllamaVsCodeTests
{
    [Fact]
    public async Task Tags_alone_tell_what_a_model_can_and_how_much_it_holds()
    {
        await using var server = await ClientTraffic.StartAsync();
        var model = (await server.JsonAsync("GET", "/api/tags")).Items("models").Single(static model => model.Text("name") == "tinytools:latest");

        Assert.Equal(["completion", "tools", "thinking"], model.Items("capabilities").Select(static capability => capability.GetString()));
        Assert.Equal(2048, model.GetProperty("details").GetProperty("context_length").GetInt64());
    }

    [Fact]
    public async Task A_loaded_model_tells_its_context()
    {
        await using var server = await ClientTraffic.StartAsync();
        await server.JsonAsync("POST", "/api/generate", """{"model":"tiny"}""");

        Assert.Equal(2048, Assert.Single((await server.JsonAsync("GET", "/api/ps")).Items("models")).GetProperty("context_length").GetInt64());
    }

    [Fact]
    public async Task A_tool_is_called_whole_with_an_object_as_arguments()
    {
        await using var server = await ClientTraffic.StartAsync(Samples.Role, Samples.ToolStart, Samples.ToolRest, Samples.Finish, Samples.Usage, "[DONE]");
        var lines = await server.LinesAsync(
            "/api/chat",
            """{"model":"tinytools:latest","stream":true,"messages":[{"role":"user","content":"Weather in Köln?"}],"tools":[{"type":"function","function":{"name":"get_weather","description":"d","parameters":{"type":"object","required":["city"],"properties":{"city":{"type":"string"}}}}}]}""");
        var call = Assert.Single(lines.SelectMany(static line => line.GetProperty("message").TryGetProperty("tool_calls", out var calls) ? calls.EnumerateArray().ToArray() : []));

        Assert.Equal("""{"index":0,"name":"get_weather","arguments":{"city":"Köln"}}""", call.GetProperty("function").GetRawText());
        Assert.NotEmpty(call.Text("id"));
        Assert.True(lines[^1].GetProperty("done").GetBoolean());
    }
}

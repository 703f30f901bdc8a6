using System.Text.Json;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Clients;

/// <summary>Zed decodes strictly: a missing or odd field is an error, and one failing show hides all models.</summary>
public sealed class ZedTests
{
    [Fact]
    public async Task Every_model_of_the_list_has_all_that_is_decoded()
    {
        await using var server = await ClientTraffic.StartAsync();
        var models = (await server.JsonAsync("GET", "/api/tags")).Items("models");

        Assert.NotEmpty(models);
        Assert.All(models, static model =>
        {
            Assert.All(["name", "modified_at", "digest"], name => Assert.NotEmpty(model.Text(name)));
            Assert.True(model.GetProperty("size").GetUInt64() > 0);
            Assert.All(["format", "family", "parameter_size", "quantization_level"], name => Assert.NotEmpty(model.GetProperty("details").Text(name)));
        });
    }

    [Fact]
    public async Task Every_show_succeeds_five_at_once()
    {
        await using var server = await ClientTraffic.StartAsync();
        var names = (await server.JsonAsync("GET", "/api/tags")).Items("models").Select(static model => model.Text("name")).ToList();
        var shows = await Task.WhenAll(names.Select(name => server.JsonAsync("POST", "/api/show", $$"""{"model":"{{name}}"}""", ("Authorization", "Bearer x"))));

        Assert.Equal(5, shows.Length);
        Assert.All(shows, static show =>
        {
            Assert.NotEmpty(show.Items("capabilities"));
            Assert.Equal(JsonValueKind.Object, show.GetProperty("model_info").ValueKind);
        });
    }

    [Fact]
    public async Task Every_line_of_a_chat_has_all_that_is_decoded()
    {
        await using var server = await ClientTraffic.StartAsync(Samples.Role, Samples.Reasoning("so"), Samples.Content("Hi"), Samples.ToolStart, Samples.ToolRest, Samples.Finish, Samples.Usage, "[DONE]");
        var lines = await server.LinesAsync(
            "/api/chat",
            """{"model":"tinytools:latest","messages":[{"role":"system","content":"s"},{"role":"user","content":"hi","images":null},{"role":"assistant","content":"","tool_calls":[{"id":"call_1","function":{"name":"now","arguments":{}}}],"thinking":null},{"role":"tool","tool_name":"now","content":"12:00"}],"stream":true,"keep_alive":-1,"options":{"num_ctx":2048,"num_predict":null,"stop":[],"temperature":1.0,"top_p":null},"think":true,"tools":[{"type":"function","function":{"name":"now","description":"","parameters":{"type":"object","properties":{}}}}]}""",
            ("Authorization", "Bearer x"));

        Assert.All(lines, static line =>
        {
            Assert.All(["model", "created_at"], name => Assert.NotEmpty(line.Text(name)));
            Assert.Equal("assistant", line.GetProperty("message").Text("role"));
            Assert.Equal(JsonValueKind.String, line.GetProperty("message").GetProperty("content").ValueKind);
            Assert.True(line.GetProperty("done").ValueKind is JsonValueKind.True or JsonValueKind.False);
        });
        var call = Assert.Single(lines.Where(static line => line.GetProperty("message").TryGetProperty("tool_calls", out _)).SelectMany(static line => line.GetProperty("message").Items("tool_calls")));
        Assert.Equal(JsonValueKind.Object, call.GetProperty("function").GetProperty("arguments").ValueKind);
        Assert.True(lines[^1].GetProperty("prompt_eval_count").GetUInt64() > 0);
    }
}

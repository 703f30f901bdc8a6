using System.Globalization;
using System.Text.Json;

namespace GGLib.Tests.Server.Clients;

/// <summary>Copilot in VS Code, its built-in Ollama provider: version, tags, show for each model, then OpenAI's chat.</summary>
public sealed class CopilotTests
{
    private static readonly (string, string)[] Headers = [("User-Agent", "GitHubCopilotChat/0.38.2"), ("Origin", "vscode-file://vscode-app")];

    [Fact]
    public async Task The_version_is_high_enough_part_by_part()
    {
        await using var server = await ClientTraffic.StartAsync();
        var version = (await server.JsonAsync("GET", "/api/version", headers: Headers)).Text("version");
        var parts = version.Split('.').Select(static part => int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture)).ToArray();

        Assert.True(parts is [> 0, ..] or [0, > 6, ..] or [0, 6, >= 4], version);
    }

    [Fact]
    public async Task Each_model_tells_its_capabilities_its_context_and_the_name_to_show()
    {
        await using var server = await ClientTraffic.StartAsync();
        var tags = await server.JsonAsync("GET", "/api/tags", headers: Headers);
        var shown = new Dictionary<string, string>();
        foreach (var model in tags.Items("models"))
        {
            var name = model.Text("model");
            var show = await server.JsonAsync("POST", "/api/show", $$"""{"model":"{{name}}"}""", Headers);
            var info = show.GetProperty("model_info");
            var context = info.GetProperty(info.Text("general.architecture") + ".context_length").GetInt64();
            Assert.Equal((name, 2048), (info.Text("general.basename"), context));
            shown[name] = string.Join(',', show.Items("capabilities").Select(static capability => capability.GetString()));
        }

        Assert.Equal("completion,tools,thinking", shown["tinytools:latest"]);
        Assert.Equal("completion,vision,audio", shown["tinysee:latest"]);
    }

    [Fact]
    public async Task The_chat_is_OpenAIs_with_usage_and_ends_with_DONE()
    {
        await using var server = await ClientTraffic.StartAsync();
        var text = await server.TextAsync(
            "POST",
            "/v1/chat/completions",
            """{"model":"tinytools:latest","messages":[{"role":"system","content":"s"},{"role":"user","content":"hi"}],"temperature":0.1,"top_p":1,"n":1,"stream":true,"stream_options":{"include_usage":true},"tools":[{"type":"function","function":{"name":"read_file","description":"d","parameters":{"type":"object","properties":{"path":{"type":"string"}}}}}]}""",
            Headers);
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("data: [DONE]", events[^1]);
        using var usage = JsonDocument.Parse(events[^2]["data: ".Length..]);
        Assert.Empty(usage.RootElement.Items("choices"));
        Assert.Equal(13, usage.RootElement.GetProperty("usage").GetProperty("total_tokens").GetInt64());
        Assert.All(events[..^1], data => Assert.Contains("\"model\":\"tinytools:latest\"", data, StringComparison.Ordinal));
    }
}

using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Clients.Agents;

/// <summary>
/// Requests that Codex 0.171.0, Claude Code 2.1.332, opencode 1.18.33, pi 1.5.2 and Qwen Code 0.24.4 sent, recorded by <c>tests/clients/agents/run --record</c>. Long texts are shortened, and ids, dates and
/// paths replaced. Beside each lies the request that llama-server receives for it; with <c>GGLIB_WRITE_RECORDED=1</c> the test writes those files again.
/// </summary>
public sealed class AgentRequestTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/GGLib.Tests/Server/Clients/Agents/Recorded");
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "*.json").Select(static file => Path.GetFileNameWithoutExtension(file)).Where(static name => !name.EndsWith(".engine", StringComparison.Ordinal)).Order()];

    [Fact]
    public void Every_agent_is_recorded() =>
        Assert.Equal(["claude", "codex", "opencode", "pi", "qwen"], Names.Select(static row => row.Data[..row.Data.IndexOf('-', StringComparison.Ordinal)]).Distinct());

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_engine_receives_the_expected_request(string name)
    {
        using var recorded = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".json"), Limit.Token));
        var (root, engine) = (recorded.RootElement, Path.Combine(Folder, name + ".engine.json"));
        await using var server = await StartAsync();
        var path = root.GetProperty("path").GetString()!;
        using var response = await SendAsync(server, path, root);
        var answer = await response.Content.ReadAsStringAsync(Limit.Token);

        Assert.True(response.StatusCode is HttpStatusCode.OK, answer);
        var asked = await LastCallAsync(server.Engine);
        if (Environment.GetEnvironmentVariable("GGLIB_WRITE_RECORDED") is "1")
        {
            await File.WriteAllTextAsync(engine, asked, Limit.Token);
        }

        Assert.Equal(await File.ReadAllTextAsync(engine, Limit.Token), asked);
        AssertComplete(path, answer);
    }

    private static void AssertComplete(string path, string answer)
    {
        if (path.Contains("count_tokens", StringComparison.Ordinal))
        {
            Assert.Equal("""{"input_tokens":42}""", answer);
            return;
        }

        Assert.Contains("Hi", answer, StringComparison.Ordinal);
        Assert.EndsWith(
            path.StartsWith("/v1/messages", StringComparison.Ordinal) ? "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
                : path.StartsWith("/v1/responses", StringComparison.Ordinal) ? "}\n\n"
                : "data: [DONE]\n\n",
            answer,
            StringComparison.Ordinal);
        if (path.StartsWith("/v1/responses", StringComparison.Ordinal))
        {
            Assert.StartsWith("event: response.completed\n", answer.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
        }
    }

    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        server.Add("agent-model", TestServer.Model("llama").Add("tokenizer.chat_template", "{{ tools }}<think></think>"));
        server.Engine.Answer = static call => call.Path switch
        {
            // A template that accepts every conversation and shows everything.
            "/apply-template" => ScriptedEngine.Json(new JsonObject { ["prompt"] = call.Body }.ToJsonString()),
            "/v1/chat/completions/input_tokens" => ScriptedEngine.Json("""{"input_tokens":42}"""),
            _ => ScriptedEngine.Events(Samples.Role, Samples.Content("Hi"), Samples.Finish, Samples.Usage, "[DONE]"),
        };
        return server;
    }

    private static async Task<HttpResponseMessage> SendAsync(TestServer server, string path, JsonElement recorded)
    {
        using var request = server.Request(recorded.GetProperty("method").GetString()!, path, JsonNode.Parse(recorded.GetProperty("body").GetRawText())!.ToJsonString());
        foreach (var header in recorded.GetProperty("headers").EnumerateObject())
        {
            if (header.NameEquals("content-type"))
            {
                request.Content!.Headers.Remove(header.Name);
                request.Content.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
            }
            else
            {
                request.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
            }
        }

        return await server.SendAsync(request);
    }

    /// <summary>The last request, as indented JSON with its path: those before it find out what the template accepts.</summary>
    private static async Task<string> LastCallAsync(ScriptedEngine engine)
    {
        ScriptedEngine.Call? last = null;
        while (engine.HasMore)
        {
            last = await engine.NextAsync();
        }

        return new JsonObject { ["path"] = last!.Path, ["body"] = JsonNode.Parse(last.Body) }.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
    }
}

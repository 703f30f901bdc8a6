using System.Net;
using System.Text;
using GGLib.Acceptance.Clients;

namespace GGLib.Acceptance.Faults;

/// <summary>
/// The real program, whose sockets share one thread, with requests whose preparation takes as long as the client likes. In debug builds such work fails on that thread (<c>SocketThread.Forbid</c>), and the
/// request with it.
/// </summary>
public sealed class SocketThreadTests : IAsyncLifetime
{
    private const string Hi = """[{"role":"user","content":"What is the weather in Paris?"}]""";
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""";
    private const string Tools = $$$"""[{"type":"function","function":{"name":"get_weather","parameters":{{{Schema}}}}}]""";

    private ProxyProgram? _program;
    private HttpClient? _http;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _program = await ProxyProgram.StartAsync(new Dictionary<string, string>(), Cancellation);
        _http = new HttpClient { BaseAddress = _program.Address, Timeout = Limit.Time };

        // The model is loaded from here on: requests go straight to the engine.
        await PostAsync("/api/generate", """{"model":"demo-chat"}""");
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        await (_program?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task Work_that_a_client_can_prolong_never_runs_on_it()
    {
        // Requests that are not streamed and streamed; short enough to begin on the socket thread.
        foreach (var stream in (string[])["false", "true"])
        {
            await PostAsync("/api/generate", $$$"""{"model":"demo-chat","stream":{{{stream}}},"prompt":"x","template":"{{range 1000000}}{{end}}{{ .Prompt }}","options":{"num_predict":4} }""");
            await PostAsync("/api/chat", $$"""{"model":"demo-chat","stream":{{stream}},"messages":{{Hi}},"tools":{{Tools}},"options":{"num_predict":4} }""");
            await PostAsync("/api/chat", $$"""{"model":"demo-chat","stream":{{stream}},"messages":{{Hi}},"format":{{Schema}},"options":{"num_predict":4} }""");
            await PostAsync("/v1/chat/completions", $$"""{"model":"demo-chat","stream":{{stream}},"messages":{{Hi}},"tools":{{Tools}},"max_tokens":4}""");
            await PostAsync("/v1/chat/completions", $$"""{"model":"demo-chat","stream":{{stream}},"messages":{{Hi}},"tools":{{Tools}},"tool_choice":"required","max_tokens":60}""");
            await PostAsync("/v1/chat/completions", $$$"""{"model":"demo-chat","stream":{{{stream}}},"messages":{{{Hi}}},"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{{{Schema}}}}},"max_tokens":40}""");
            await PostAsync("/v1/completions", $$"""{"model":"demo-chat","stream":{{stream}},"prompt":"x","json_schema":{{Schema}},"max_tokens":40}""");
            await PostAsync("/v1/responses", $$$"""{"model":"demo-chat","stream":{{{stream}}},"input":"x","tools":[{"type":"function","name":"f","parameters":{{{Schema}}}}],"max_output_tokens":40}""");
            await PostAsync("/v1/messages", $$"""{"model":"demo-chat","stream":{{stream}},"max_tokens":40,"messages":{{Hi}},"tools":[{"name":"f","input_schema":{{Schema}}}]}""");

            // Longer than the context: it is fitted in several rounds of rendering.
            var many = string.Join(',', Enumerable.Repeat("""{"role":"user","content":"one two three four five six seven"},{"role":"assistant","content":"eight"}""", 100));
            await PostAsync("/api/chat", $$"""{"model":"demo-chat","stream":{{stream}},"messages":[{{many}},{"role":"user","content":"x"}],"tools":{{Tools}},"options":{"num_predict":4,"num_ctx":512} }""");
        }
    }

    /// <summary>A model with a Go template of its own, as from Ollama's registry.</summary>
    [Fact]
    public async Task Neither_do_stored_templates()
    {
        await PostAsync("/api/create", """{"model":"own","from":"demo-chat","template":"{{ range .Messages }}{{ .Role }}: {{ .Content }}\n{{ end }}","stream":false}""");
        await PostAsync("/api/chat", $$"""{"model":"own","messages":{{Hi}},"options":{"num_predict":4} }""");
        await PostAsync("/api/chat", $$"""{"model":"own","messages":{{Hi}},"options":{"num_predict":4} }""");
        await PostAsync("/v1/chat/completions", $$"""{"model":"own","messages":{{Hi}},"max_tokens":4}""");
    }

    private async Task PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http!.PostAsync(path, content, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode is HttpStatusCode.OK && !text.Contains("internal error", StringComparison.Ordinal), $"{path} {body[..Math.Min(body.Length, 200)]}: {(int)response.StatusCode} {text}");
    }
}

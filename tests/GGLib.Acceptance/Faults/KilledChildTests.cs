using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace GGLib.Acceptance.Faults;

/// <summary>A child killed at any moment costs its clients one error, told in their dialect, and nobody else anything.</summary>
public sealed class KilledChildTests(DemoServer server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_ollama_stream_ends_with_an_error_line_and_the_next_request_succeeds()
    {
        for (var round = 0; round < 5; round++)
        {
            var lines = await StreamAndKillAsync("/api/generate", new { model = "victim", prompt = "once", raw = true, options = new { num_predict = 100000 } }, killAfterLines: 1 + round);
            var last = JsonSerializer.Deserialize<JsonElement>(lines[^1]);
            var completed = last.TryGetProperty("done", out var done) && done.GetBoolean();
            Assert.True(completed || last.GetProperty("error").GetString()!.StartsWith("an error was encountered while running the model: ", StringComparison.Ordinal), lines[^1]);
            await AssertAnswersAsync();
        }
    }

    [Fact]
    public async Task An_openai_stream_ends_with_an_error_event_and_without_the_mark_of_the_end()
    {
        var lines = await StreamAndKillAsync("/v1/completions", new { model = "victim", prompt = "once", stream = true, max_tokens = 100000, ignore_eos = true }, killAfterLines: 3);
        var last = lines.Last(line => line.Length > 0);
        Assert.StartsWith("data: {", last, StringComparison.Ordinal);
        Assert.Contains("an error was encountered while running the model", JsonSerializer.Deserialize<JsonElement>(last[6..]).GetProperty("error").GetProperty("message").GetString()!, StringComparison.Ordinal);
        await AssertAnswersAsync();
    }

    private async Task<List<string>> StreamAndKillAsync(string path, object body, int killAfterLines)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        var lines = new List<string>();
        while (await reader.ReadLineAsync(Cancellation) is { } line)
        {
            lines.Add(line);
            if (lines.Count == killAfterLines)
            {
                using var child = Process.GetProcessById(server.ChildOf("victim"));
                child.Kill();
            }
        }

        return lines;
    }

    private async Task AssertAnswersAsync()
    {
        using var response = await server.Http.PostAsJsonAsync("/api/generate", new { model = "victim", prompt = "x", raw = true, stream = false, options = new { num_predict = 2 } }, Cancellation);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.True(answer.TryGetProperty("done", out var done) && done.GetBoolean(), answer.ToString());
    }
}

using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using GGLib.Acceptance.Margins;

namespace GGLib.Acceptance.Scheduling;

/// <summary>Asks in each API and looks at every answer whole; what is neither an answer nor an error of that API fails the test. Safe for any number of threads.</summary>
internal sealed class Client(Uri address) : IDisposable
{
    public const string Prompt = "once upon a time";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = Limit.Time };

    /// <summary>The ways to ask a model that writes.</summary>
    public static IReadOnlyList<Func<Client, string, int, CancellationToken, Task<Reply>>> Ways { get; } =
    [
        static (client, model, tokens, cancellation) => client.GenerateAsync(model, tokens, stream: false, cancellation: cancellation),
        static (client, model, tokens, cancellation) => client.GenerateAsync(model, tokens, stream: true, cancellation: cancellation),
        static (client, model, tokens, cancellation) => client.CompleteAsync(model, tokens, stream: false, cancellation: cancellation),
        static (client, model, tokens, cancellation) => client.CompleteAsync(model, tokens, stream: true, cancellation: cancellation),
    ];

    /// <summary>Ollama's API.</summary>
    public async Task<Reply> GenerateAsync(string model, int tokens, bool stream, Func<Task>? atFirstToken = null, CancellationToken cancellation = default)
    {
        var options = new { num_predict = tokens, temperature = 0, seed = 1 };
        var (isFine, lines) = await SendAsync("/api/generate", new { model, prompt = Prompt, raw = true, stream, options }, atFirstToken, cancellation);
        var text = new StringBuilder();
        foreach (var (index, line) in lines.Index())
        {
            var part = JsonSerializer.Deserialize<JsonElement>(line);
            var isLast = index == lines.Count - 1;
            if (part.TryGetProperty("error", out var error))
            {
                Assert.True(isLast, $"something follows the error: {string.Join('\n', lines)}");
                return new(null, error.GetString());
            }

            Assert.True(isFine, line);
            Assert.Equal(model, part.GetProperty("model").GetString());
            Assert.Equal(isLast, part.GetProperty("done").GetBoolean());
            text.Append(part.GetProperty("response").GetString());
            if (isLast)
            {
                var count = part.GetProperty("eval_count").GetInt32();
                Assert.True(part.GetProperty("done_reason").GetString() is "length" ? count == tokens : count <= tokens, line);
            }
        }

        Assert.NotEmpty(lines);
        return new(text.ToString(), null);
    }

    /// <summary>OpenAI's API.</summary>
    public async Task<Reply> CompleteAsync(string model, int tokens, bool stream, Func<Task>? atFirstToken = null, CancellationToken cancellation = default)
    {
        var (isFine, lines) = await SendAsync("/v1/completions", new { model, prompt = Prompt, stream, max_tokens = tokens, ignore_eos = true, temperature = 0, seed = 1 }, atFirstToken, cancellation);
        if (!isFine || !stream)
        {
            var whole = JsonSerializer.Deserialize<JsonElement>(string.Join('\n', lines));
            if (!isFine)
            {
                return new(null, ErrorOf(whole));
            }

            Assert.True(whole.GetProperty("usage").GetProperty("completion_tokens").GetInt32() == tokens, lines[0]);
            return new(whole.GetProperty("choices")[0].GetProperty("text").GetString(), null);
        }

        var text = new StringBuilder();
        var finish = (string?)null;
        var events = lines.Where(static line => line.Length > 0).ToList();
        foreach (var (index, line) in events.Index())
        {
            Assert.StartsWith("data: ", line, StringComparison.Ordinal);
            if (line is "data: [DONE]")
            {
                Assert.Equal(events.Count - 1, index);
                Assert.Equal("length", finish);
                return new(text.ToString(), null);
            }

            var part = JsonSerializer.Deserialize<JsonElement>(line[6..]);
            if (part.TryGetProperty("error", out _))
            {
                Assert.Equal(events.Count - 1, index);
                return new(null, ErrorOf(part));
            }

            foreach (var choice in part.GetProperty("choices").EnumerateArray())
            {
                text.Append(choice.GetProperty("text").GetString());
                finish = choice.GetProperty("finish_reason").GetString() ?? finish;
            }
        }

        Assert.Fail($"neither an end nor an error: {string.Join('\n', events.TakeLast(3))}");
        return null!;
    }

    /// <summary>How sure a model is of its answer to the same prompt.</summary>
    public async Task<IReadOnlyList<(string Token, double Value)>> MarginsAsync(string model, int tokens, CancellationToken cancellation)
    {
        var (isFine, lines) = await SendAsync("/v1/completions", new { model, prompt = Prompt, stream = false, max_tokens = tokens, ignore_eos = true, temperature = 0, seed = 1, logprobs = 2 }, null, cancellation);
        Assert.True(isFine, lines[0]);
        return Margin.Of(lines[0]);
    }

    /// <summary>An embedding, by Ollama's API.</summary>
    public async Task<Reply> EmbedAsync(string model, CancellationToken cancellation)
    {
        var (isFine, lines) = await SendAsync("/api/embed", new { model, input = Prompt }, null, cancellation);
        var whole = JsonSerializer.Deserialize<JsonElement>(Assert.Single(lines));
        if (!isFine)
        {
            return new(null, whole.GetProperty("error").GetString());
        }

        var vector = Assert.Single(whole.GetProperty("embeddings").EnumerateArray());
        Assert.Equal(1, Math.Sqrt(vector.EnumerateArray().Sum(static number => Math.Pow(number.GetDouble(), 2))), 2);
        return new(vector.ToString(), null);
    }

    public void Dispose() => _http.Dispose();

    private static string? ErrorOf(JsonElement body)
    {
        var error = body.GetProperty("error");
        Assert.Equal(JsonValueKind.String, error.GetProperty("type").ValueKind);
        return error.GetProperty("message").GetString();
    }

    private async Task<(bool IsFine, List<string> Lines)> SendAsync(string path, object body, Func<Task>? atFirstLine, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        var lines = new List<string>();
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            lines.Add(line);
            if (lines.Count == 1 && atFirstLine is not null)
            {
                await atFirstLine();
            }
        }

        return (response.IsSuccessStatusCode, lines);
    }
}

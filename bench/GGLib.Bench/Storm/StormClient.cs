using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace GGLib.Bench.Storm;

/// <summary>Asks as a client would, and looks at every answer whole. Safe for any number of threads.</summary>
internal sealed class StormClient(int port) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromSeconds(120) };

    /// <summary>A short completion, or an embedding. Null when the answer is whole and right; else what was wrong with it.</summary>
    public async Task<StormFault?> AskAsync(string model, bool embeds, CancellationToken cancellation)
    {
        var (path, body) = embeds
            ? ("v1/embeddings", $$"""{"model":"{{model}}","input":"once upon a time"}""")
            : ("v1/completions", $$"""{"model":"{{model}}","prompt":"once upon a time","max_tokens":8,"ignore_eos":true}""");
        try
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content, cancellation).ConfigureAwait(false);
            var text = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (!response.IsSuccessStatusCode)
            {
                return root.GetProperty("error").GetProperty("message").GetString() is { } message ? new(IsWellFormed: true, $"{(int)response.StatusCode}: {message}") : new(false, "an error without a message");
            }

            var isRight = embeds
                ? root.GetProperty("data")[0].GetProperty("embedding").GetArrayLength() > 0
                : root.GetProperty("choices")[0].GetProperty("text").ValueKind is JsonValueKind.String && root.GetProperty("usage").GetProperty("completion_tokens").GetInt32() == 8;
            return isRight ? null : new(false, $"not what was asked for: {Encoding.UTF8.GetString(text)}");
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new(false, error.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(false, "no answer within two minutes");
        }
    }

    public void Dispose() => _http.Dispose();
}

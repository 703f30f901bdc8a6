using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace GGLib.Bench.Storm;

/// <summary>
/// Asks as a client would, and looks at every answer whole: JSON to its last byte, the end that the API prescribes, as many tokens as were asked for, the model's own text.
/// Safe for any number of threads.
/// </summary>
/// <param name="port">Where the server listens.</param>
/// <param name="truth">The right texts; null: any text will do.</param>
internal sealed class StormClient(int port, Truth? truth = null) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromSeconds(120) };

    /// <summary>Null when the answer is whole and right; else what was wrong with it.</summary>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public async Task<StormFault?> AskAsync(Question question, CancellationToken cancellation)
    {
        var (fault, text) = await AnswerAsync(question, cancellation).ConfigureAwait(false);
        return fault is null && question.Way is not Way.Embedding && truth?.Fault(question, text) is { } other ? new(IsWellFormed: false, other) : fault;
    }

    /// <summary>The whole text of an answer, with what was wrong with its form.</summary>
    public async Task<(StormFault? Fault, string Text)> AnswerAsync(Question question, CancellationToken cancellation)
    {
        var (path, body) = Request(question);
        try
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content, cancellation).ConfigureAwait(false);
            var answer = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            return question.Way switch
            {
                _ when !response.IsSuccessStatusCode => (Error((int)response.StatusCode, answer), ""),
                Way.Embedding => (Parsed(answer, static root => root.GetProperty("data")[0].GetProperty("embedding").GetArrayLength() > 0) ? null : Malformed(answer), ""),
                Way.Completion => Completion(question, answer),
                Way.CompletionStream => CompletionStream(question, answer),
                Way.Generate => Lines(question, [answer]),
                _ => Lines(question, answer.EndsWith('\n') ? answer[..^1].Split('\n') : ["a line without an end"]),
            };
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return (new(IsWellFormed: false, error.InnerException is { } inner ? $"{error.Message} {inner.Message}" : error.Message), "");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (new(IsWellFormed: false, "no answer within two minutes"), "");
        }
    }

    public void Dispose() => _http.Dispose();

    private static (string Path, string Body) Request(Question question)
    {
        // Plain words, all of them: nothing needs an escape.
        var (model, prompt) = ($"\"{question.Model}\"", $"\"{question.Prompt}\"");
        var tokens = question.Tokens.ToString(CultureInfo.InvariantCulture);
        var streams = question.Way is Way.CompletionStream or Way.GenerateStream ? "true" : "false";

        // Without the prompt's kept part: whether it is there changes the numbers a little, and a model of random weights its text.
        return question.Way switch
        {
            Way.Embedding => ("v1/embeddings", $$"""{"model":{{model}},"input":{{prompt}}}"""),
            Way.Completion or Way.CompletionStream => ("v1/completions",
                $$"""{"model":{{model}},"prompt":{{prompt}},"max_tokens":{{tokens}},"stream":{{streams}},"temperature":0,"repeat_penalty":1,"seed":1,"cache_prompt":false,"stream_options":{"include_usage":true} }"""),
            _ => ("api/generate",
                $$"""{"model":{{model}},"prompt":{{prompt}},"raw":true,"stream":{{streams}},"options":{"num_predict":{{tokens}},"temperature":0,"repeat_penalty":1,"seed":1} }"""),
        };
    }

    private static (StormFault? Fault, string Text) Completion(Question question, string answer)
    {
        using var document = JsonDocument.Parse(answer);
        var root = document.RootElement;
        var choice = root.GetProperty("choices")[0];
        return Ends(question, choice.GetProperty("finish_reason").GetString(), root.GetProperty("usage").GetProperty("completion_tokens").GetInt32())
            ? (null, choice.GetProperty("text").GetString()!)
            : (Malformed(answer), "");
    }

    private static (StormFault? Fault, string Text) CompletionStream(Question question, string answer)
    {
        var text = new StringBuilder();
        var (finish, tokens) = ("", 0);
        var events = answer.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        foreach (var item in events[..^1])
        {
            using var document = JsonDocument.Parse(item["data: ".Length..]);
            var root = document.RootElement;
            if (root.TryGetProperty("error", out var error))
            {
                return (error.GetProperty("message").GetString() is { Length: > 0 } message && item == events[^1] ? new(IsWellFormed: true, message) : Malformed(answer), "");
            }

            if (root.GetProperty("choices") is var choices && choices.GetArrayLength() > 0)
            {
                text.Append(choices[0].GetProperty("text").GetString());
                finish = choices[0].GetProperty("finish_reason").GetString() ?? finish;
            }

            tokens = root.TryGetProperty("usage", out var usage) && usage.ValueKind is JsonValueKind.Object ? usage.GetProperty("completion_tokens").GetInt32() : tokens;
        }

        if (events[^1] is "data: [DONE]")
        {
            return Ends(question, finish, tokens) ? (null, text.ToString()) : (Malformed(answer), "");
        }

        using var last = JsonDocument.Parse(events[^1]["data: ".Length..]);
        return (last.RootElement.GetProperty("error").GetProperty("message").GetString() is { Length: > 0 } words ? new(IsWellFormed: true, words) : Malformed(answer), "");
    }

    private static (StormFault? Fault, string Text) Lines(Question question, string[] lines)
    {
        var text = new StringBuilder();
        for (var index = 0; index < lines.Length; index++)
        {
            using var document = JsonDocument.Parse(lines[index]);
            var root = document.RootElement;
            var isLast = index == lines.Length - 1;
            if (root.TryGetProperty("error", out var error))
            {
                return (isLast && error.GetString() is { Length: > 0 } message ? new(IsWellFormed: true, message) : Malformed(string.Join('\n', lines)), "");
            }

            text.Append(root.GetProperty("response").GetString());
            if (root.GetProperty("done").GetBoolean() != isLast)
            {
                return (Malformed(string.Join('\n', lines)), "");
            }

            if (isLast && !Ends(question, root.GetProperty("done_reason").GetString(), root.GetProperty("eval_count").GetInt32()))
            {
                return (Malformed(string.Join('\n', lines)), "");
            }
        }

        return (null, text.ToString());
    }

    /// <summary>Whether an answer is as long as was asked for, or ended because the model ended it.</summary>
    private static bool Ends(Question question, string? reason, int tokens) =>
        reason == "length" ? tokens == question.Tokens : reason == "stop" && tokens > 0 && tokens <= question.Tokens;

    private static StormFault Error(int status, string answer)
    {
        using var document = JsonDocument.Parse(answer);
        var error = document.RootElement.GetProperty("error");
        var message = error.ValueKind is JsonValueKind.String ? error.GetString() : error.GetProperty("message").GetString();
        return message is { Length: > 0 } ? new(IsWellFormed: true, $"{status.ToString(CultureInfo.InvariantCulture)}: {message}") : Malformed(answer);
    }

    private static bool Parsed(string answer, Func<JsonElement, bool> isRight)
    {
        using var document = JsonDocument.Parse(answer);
        return isRight(document.RootElement);
    }

    private static StormFault Malformed(string answer) => new(IsWellFormed: false, $"not what was asked for: {answer[..Math.Min(answer.Length, 300)]}");
}

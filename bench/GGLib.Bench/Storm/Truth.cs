using System.Text;
using System.Text.Json;

namespace GGLib.Bench.Storm;

/// <summary>
/// What each model answers to each prompt, learnt from llama-server itself. Requests that are computed side by side change the numbers a little, and a tiny model's text with them: only those prompts are asked at
/// which the model is surest of every token. Each has a text of its own, so that an answer that went to the wrong client is seen. Read-only once learnt.
/// </summary>
internal sealed class Truth
{
    private const int PromptsEach = 4;

    private static readonly string[] Candidates =
    [
        .. from first in (string[])["once upon a time", "the cat sat on", "in the morning", "a red house", "one two three", "she said", "we go", "where is the"]
           from second in (string[])["", " and", " she said", " with water", " one two three", " to be", " red", " the the", " I will", " day"]
           select first + second,
    ];

    private readonly Dictionary<string, Dictionary<string, string>> _texts = new(StringComparer.Ordinal);

    /// <summary>The prompts that a model is asked.</summary>
    public IReadOnlyList<string> Prompts(string model) => [.. _texts[model].Keys];

    /// <summary>Asks llama-server, which has that model alone. Returns by how much, in natural logarithms of probability, every token of every text at least leads the next best.</summary>
    public async Task<double> LearnAsync(string model, int port)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var heard = new List<(string Prompt, string Text, double Lead)>();
        foreach (var prompt in Candidates)
        {
            // A connection each: llama-server may close one that is kept just when the next request is on its way.
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{port}/completion"));
            request.Headers.ConnectionClose = true;
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"prompt":"{{prompt}}","n_predict":{{Question.Short}},"temperature":0,"repeat_penalty":1,"cache_prompt":false,"n_probs":2}"""));
            using var response = await http.SendAsync(request).ConfigureAwait(false);
            using var document = JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync().ConfigureAwait(false));
            var root = document.RootElement;
            if (!root.TryGetProperty("completion_probabilities", out var tokens))
            {
                // It ended at once.
                continue;
            }

            var leads = tokens.EnumerateArray().Select(static token => token.GetProperty("top_logprobs"))
                .Select(static top => top[0].GetProperty("logprob").GetDouble() - top[1].GetProperty("logprob").GetDouble());
            heard.Add((prompt, root.GetProperty("content").GetString()!, leads.Min()));
        }

        // A character that is not whole at the end is told in one way in a stream and in another in an object.
        var best = heard.Where(item => item.Text.Length > 0 && !item.Text.Contains('\uFFFD', StringComparison.Ordinal) && !_texts.Values.Any(texts => texts.ContainsValue(item.Text)))
            .OrderByDescending(static item => item.Lead).DistinctBy(static item => item.Text).Take(PromptsEach).ToList();
        _texts[model] = best.ToDictionary(static item => item.Prompt, static item => item.Text, StringComparer.Ordinal);
        return best.Count > 0 ? best.Min(static item => item.Lead) : throw new InvalidOperationException($"{model} has no text of its own: it cannot be told whether an answer is right.");
    }

    /// <summary>What is wrong with a text as an answer; null: nothing.</summary>
    public string? Fault(Question question, string text)
    {
        var expected = _texts[question.Model][question.Prompt];

        // A longer answer begins like the short one that was learnt.
        if (question.Tokens > Question.Short ? text.StartsWith(expected, StringComparison.Ordinal) : text == expected)
        {
            return null;
        }

        foreach (var (model, texts) in _texts)
        {
            foreach (var (prompt, other) in texts)
            {
                if (text == other)
                {
                    return $"{question.Model} was asked '{question.Prompt}' and the answer is {model}'s to '{prompt}'";
                }
            }
        }

        return $"{question.Model} says '{text}' instead of '{expected}'";
    }
}

using System.Text.Json;

namespace GGLib.Acceptance.Margins;

/// <summary>How sure a model is of what it writes: how much more likely, in natural logarithms, each token is than the next best.</summary>
internal static class Margin
{
    /// <summary>
    /// The smallest margin of a text that tests compare. For one answer the CPU backends of an engine differ by up to 0.2: <c>docs/testing.md</c> has the measurements.
    /// </summary>
    public const double Enough = 1;

    /// <summary>An answer's tokens with their margins, in order. The answer is one JSON object, a line each, or an event each, with <c>top_logprobs</c> of 2 or more.</summary>
    public static IReadOnlyList<(string Token, double Value)> Of(string answer)
    {
        var tokens = new List<(string, double)>();
        foreach (var line in answer.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var json = line.StartsWith("data: ", StringComparison.Ordinal) ? line["data: ".Length..] : line;
            if (json.StartsWith('{'))
            {
                using var document = JsonDocument.Parse(json);
                Collect(document.RootElement, tokens);
            }
        }

        return tokens;
    }

    /// <summary>The beginning of a text in which every token has the margin.</summary>
    public static string Certain(IEnumerable<(string Token, double Value)> tokens, double enough) =>
        string.Concat(tokens.TakeWhile(token => token.Value >= enough).Select(static token => token.Token));

    private static void Collect(JsonElement element, List<(string, double)> tokens)
    {
        if (element.ValueKind is JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Collect(item, tokens);
            }
        }
        else if (element.ValueKind is JsonValueKind.Object && element.TryGetProperty("token_logprobs", out var written))
        {
            // The form of /v1/completions.
            foreach (var (index, token) in element.GetProperty("tokens").EnumerateArray().Index())
            {
                var text = token.GetString()!;
                var others = element.GetProperty("top_logprobs")[index].EnumerateObject().Where(other => other.Name != text).Select(static other => other.Value.GetDouble());
                tokens.Add((text, written[index].GetDouble() - others.DefaultIfEmpty(double.NegativeInfinity).Max()));
            }
        }
        else if (element.ValueKind is JsonValueKind.Object && element.TryGetProperty("top_logprobs", out var alternatives))
        {
            tokens.Add((element.GetProperty("token").GetString()!, element.GetProperty("logprob").GetDouble() - Best(element, alternatives)));
        }
        else if (element.ValueKind is JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                Collect(property.Value, tokens);
            }
        }
    }

    // The best of those that were not written. Negative where the written token was not the most likely one.
    private static double Best(JsonElement written, JsonElement alternatives) =>
        alternatives.EnumerateArray().Where(other => other.GetProperty("token").GetString() != written.GetProperty("token").GetString()).Select(static other => other.GetProperty("logprob").GetDouble()).DefaultIfEmpty(double.NegativeInfinity).Max();
}

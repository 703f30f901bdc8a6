using System.Globalization;
using System.Text.Json;

namespace GGLib.Acceptance.Replay;

/// <summary>
/// Compares an answer with the recorded one: status, content type, the headers that mean something, every key, every type, the order of a stream's events, and every
/// value but those that differ by nature: times, what a model with random weights writes, digests. These are compared by kind. Embeddings are compared with a tolerance.
/// </summary>
internal static class Comparison
{
    private static readonly string[] Headers =
        ["Content-Type", "Allow", "Location", "Vary", "Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age"];

    private static readonly HashSet<string> Texts = ["response", "content", "thinking", "reasoning", "reasoning_content", "text", "token", "arguments", "rendered_template", "signature"];
    private static readonly HashSet<string> Times = ["created_at", "modified_at", "expires_at"];
    private static readonly HashSet<string> Measured =
        ["total_duration", "load_duration", "prompt_eval_duration", "eval_duration", "created", "created_at", "completed_at", "logprob", "size", "size_vram"];

    private static readonly HashSet<string> NumberArrays = ["context", "bytes"];
    private static readonly string[] GeneratedCounts = ["eval_count", "usage.completion_tokens", "usage.total_tokens"];
    private static readonly string[] TextEnds = ["\"done_reason\":\"stop\"", "\"finish_reason\":\"stop\""];
    private static readonly HashSet<string> Names = ["id", "item_id", "request_id", "call_id"];

    public static IEnumerable<Difference> Of(Exchange exchange, Answer ours)
    {
        var recorded = exchange.Answer;
        if (recorded.Status != ours.Status)
        {
            yield return new Difference(exchange, "status", $"{recorded.Status} {recorded.Body}", $"{ours.Status} {ours.Body}");
            yield break;
        }

        foreach (var header in Headers)
        {
            var (expected, actual) = (recorded.Header(header), ours.Header(header));
            if (expected != actual)
            {
                yield return new Difference(exchange, $"header {header}", expected ?? "none", actual ?? "none");
            }
        }

        foreach (var difference in Bodies(recorded, ours).Where(difference => !IsChance(recorded, difference.What)))
        {
            yield return new Difference(exchange, difference.What, difference.Recorded, difference.Ours);
        }
    }

    // An answer that its own text ended, and not a limit, has as many tokens as the text: with random weights no two CPU backends need agree on that.
    private static bool IsChance(Answer recorded, string what) =>
        TextEnds.Any(end => recorded.Body.Contains(end, StringComparison.Ordinal)) && GeneratedCounts.Any(count => what == $"value {count}" || what == $"value event.{count}");

    private static IEnumerable<(string What, string Recorded, string Ours)> Bodies(Answer recorded, Answer ours)
    {
        var type = recorded.Header("Content-Type") ?? "";
        if (recorded.Body.Length == 0 || ours.Body.Length == 0 || !(type.Contains("json", StringComparison.Ordinal) || type.Contains("event-stream", StringComparison.Ordinal)))
        {
            return recorded.Body == ours.Body ? [] : [("body", recorded.Body, ours.Body)];
        }

        try
        {
            return type.Contains("x-ndjson", StringComparison.Ordinal) || type.Contains("event-stream", StringComparison.Ordinal)
                ? Streams(Events(recorded.Body), Events(ours.Body))
                : Values("", Parse(recorded.Body), Parse(ours.Body));
        }
        catch (JsonException exception)
        {
            return [("body is no JSON", recorded.Body, $"{ours.Body} ({exception.Message})")];
        }
    }

    // How many events carry text depends on how the engine packs it: those of one shape in a row count as one, and the first of them is compared.
    private static IEnumerable<(string, string, string)> Streams(IReadOnlyList<StreamPart> recorded, IReadOnlyList<StreamPart> ours)
    {
        var (expected, actual) = (Runs(recorded), Runs(ours));
        if (!expected.Select(static part => part.Shape).SequenceEqual(actual.Select(static part => part.Shape)))
        {
            yield return ("order of events", string.Join(" | ", expected.Select(static part => part.Shape)), string.Join(" | ", actual.Select(static part => part.Shape)));
            yield break;
        }

        foreach (var (first, second) in expected.Zip(actual))
        {
            if (first.Json is { } left && second.Json is { } right)
            {
                foreach (var difference in Values("event", left, right))
                {
                    yield return difference;
                }
            }
        }
    }

    private static List<StreamPart> Runs(IReadOnlyList<StreamPart> parts) =>
        [.. parts.Where((part, index) => index == 0 || parts[index - 1].Shape != part.Shape)];

    private static List<StreamPart> Events(string body)
    {
        var parts = new List<StreamPart>();
        foreach (var line in body.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var text = line.StartsWith("data: ", StringComparison.Ordinal) ? line["data: ".Length..] : line;
            parts.Add(text.StartsWith('{') ? StreamPart.Of(Parse(text)) : new StreamPart(text, null));
        }

        return parts;
    }

    private static IEnumerable<(string What, string Recorded, string Ours)> Values(string path, JsonElement recorded, JsonElement ours)
    {
        var key = path[(path.LastIndexOf('.') + 1)..];
        if (Kind(recorded) != Kind(ours))
        {
            return [($"type {path}", recorded.GetRawText(), ours.GetRawText())];
        }

        return recorded.ValueKind switch
        {
            _ when key.StartsWith("embedding", StringComparison.Ordinal) && (Vector.Of(recorded), Vector.Of(ours)) is ({ } expected, { } actual) => Vectors(path, expected, actual),
            JsonValueKind.Object => Objects(path, recorded, ours),
            JsonValueKind.Array => Arrays(path, key, recorded, ours),
            JsonValueKind.String => Same(path, Text(key, recorded.GetString()!), Text(key, ours.GetString()!)),
            JsonValueKind.Number => Measured.Contains(key) ? [] : Same(path, Number(recorded), Number(ours)),
            _ => [],
        };
    }

    private static IEnumerable<(string, string, string)> Objects(string path, JsonElement recorded, JsonElement ours)
    {
        foreach (var property in recorded.EnumerateObject())
        {
            var inner = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            if (!ours.TryGetProperty(property.Name, out var value))
            {
                yield return ($"missing {inner}", property.Value.GetRawText(), "nothing");
                continue;
            }

            foreach (var difference in Values(inner, property.Value, value))
            {
                yield return difference;
            }
        }

        foreach (var property in ours.EnumerateObject().Where(property => !recorded.TryGetProperty(property.Name, out _)))
        {
            yield return ($"extra {(path.Length == 0 ? "" : path + ".")}{property.Name}", "nothing", property.Value.GetRawText());
        }
    }

    private static IEnumerable<(string, string, string)> Arrays(string path, string key, JsonElement recorded, JsonElement ours)
    {
        if (NumberArrays.Contains(key) && recorded.EnumerateArray().Concat(ours.EnumerateArray()).All(static item => item.ValueKind is JsonValueKind.Number))
        {
            // Tokens and bytes are what the model wrote.
            if (recorded.GetArrayLength() > 0 != ours.GetArrayLength() > 0)
            {
                yield return ($"length {path}", recorded.GetArrayLength().ToString(CultureInfo.InvariantCulture), ours.GetArrayLength().ToString(CultureInfo.InvariantCulture));
            }

            yield break;
        }

        if (recorded.GetArrayLength() != ours.GetArrayLength())
        {
            yield return ($"length {path}", recorded.GetRawText(), ours.GetRawText());
            yield break;
        }

        foreach (var (first, second) in recorded.EnumerateArray().Zip(ours.EnumerateArray()))
        {
            foreach (var difference in Values($"{path}[]", first, second))
            {
                yield return difference;
            }
        }
    }

    private static IEnumerable<(string, string, string)> Vectors(string path, double[] recorded, double[] ours)
    {
        if (recorded.Length != ours.Length)
        {
            return [($"length {path}", recorded.Length.ToString(CultureInfo.InvariantCulture), ours.Length.ToString(CultureInfo.InvariantCulture))];
        }

        return Vector.Distance(recorded, ours) is var distance && distance <= Vector.Tolerance
            ? []
            : [($"value {path}", string.Join(' ', recorded), FormattableString.Invariant($"{string.Join(' ', ours)}, up to {distance:R} apart"))];
    }

    private static IEnumerable<(string, string, string)> Same(string path, string recorded, string ours) =>
        recorded == ours ? [] : [($"value {path}", recorded, ours)];

    // By kind where the value differs by nature.
    private static string Text(string key, string value) => key switch
    {
        _ when Texts.Contains(key) => value.Length == 0 ? "an empty text" : "a text",
        _ when Times.Contains(key) => DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _) ? "a time" : value,
        _ when Names.Contains(key) => new string([.. value.TakeWhile(static letter => !char.IsAsciiDigit(letter) && letter is not '_' and not '-')]),
        "digest" => value.Length == 64 && value.All(char.IsAsciiHexDigitLower) ? "64 hexadecimal digits" : value,
        "version" => "a version",
        _ => value,
    };

    private static string Number(JsonElement value) => value.GetDouble().ToString("R", CultureInfo.InvariantCulture);

    private static JsonValueKind Kind(JsonElement value) => value.ValueKind;

    private static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}

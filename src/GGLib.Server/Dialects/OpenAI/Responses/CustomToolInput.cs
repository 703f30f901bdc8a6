using System.Text.Json;
using GGLib.Server.Json;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>
/// The input of a custom tool. OpenAI's models write it as free text; the engine's models only write JSON arguments, so they see a function with one string parameter, <c>input</c>.
/// </summary>
internal static class CustomToolInput
{
    private static readonly JsonElement Schema = Parse("""{"type":"object","properties":{"input":{"type":"string","description":"The whole input of the tool."}},"required":["input"],"additionalProperties":false}""");

    /// <summary>The parameters of the function that a model sees.</summary>
    public static JsonElement Parameters => Schema;

    /// <summary>The description of that function.</summary>
    /// <param name="description">The client's description; null for none.</param>
    /// <param name="format">The tool's <c>format</c>; null for none.</param>
    public static string Describe(string? description, JsonElement? format)
    {
        var grammar = format is { ValueKind: JsonValueKind.Object } given ? RequestFields.Any(given, "definition") : null;
        var syntax = format is { ValueKind: JsonValueKind.Object } same && RequestFields.Any(same, "syntax") is { ValueKind: JsonValueKind.String } name ? name.GetString() : "";
        var rule = grammar is { ValueKind: JsonValueKind.String } definition
            ? $"Write the input as plain text that matches this {syntax} grammar:\n{definition.GetString()}"
            : "Write the input as plain text.";
        return string.IsNullOrEmpty(description) ? rule : $"{description}\n\n{rule}";
    }

    /// <summary>The arguments that a model wrote to produce an input.</summary>
    public static string ToArguments(string input) => $"{{\"input\":\"{System.Text.Encoding.UTF8.GetString(EscapedText.From(input))}\"}}";

    /// <summary>The input in a model's arguments. Arguments without it, which a model without a grammar may write, are the input themselves.</summary>
    /// <param name="arguments">The text of the arguments, possibly truncated.</param>
    public static string FromArguments(string arguments)
    {
        try
        {
            using var parsed = JsonDocument.Parse(arguments);
            return RequestFields.Any(parsed.RootElement, "input") is { ValueKind: JsonValueKind.String } input ? input.GetString()! : arguments;
        }
        catch (JsonException)
        {
            return FromTruncated(arguments);
        }
    }

    private static string FromTruncated(string arguments)
    {
        var rest = arguments.AsSpan().TrimStart();
        foreach (var token in (ReadOnlySpan<string>)["{", "\"input\"", ":", "\""])
        {
            if (!rest.StartsWith(token, StringComparison.Ordinal))
            {
                // Only the beginning of the object has arrived; the input has not started.
                return rest.IsEmpty || token.AsSpan().StartsWith(rest, StringComparison.Ordinal) ? "" : arguments;
            }

            rest = token is "\"" ? rest[1..] : rest[token.Length..].TrimStart();
        }

        // The cut may be in an escape, of which a pair of surrogates is the longest.
        for (var cut = 0; cut <= 12 && cut <= rest.Length; cut++)
        {
            try
            {
                using var parsed = JsonDocument.Parse($"\"{rest[..^cut]}\"");
                return parsed.RootElement.GetString()!;
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                // A longer cut may be valid.
            }
        }

        return arguments;
    }

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}

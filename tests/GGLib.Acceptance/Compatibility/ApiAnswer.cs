using System.Text.Json;

namespace GGLib.Acceptance.Compatibility;

/// <summary>An answer, independent of the API that it came through.</summary>
internal sealed record ApiAnswer
{
    public string Text { get; init; } = "";

    public string Thinking { get; init; } = "";

    public IReadOnlyList<(string Name, string Arguments)> Calls { get; init; } = [];

    /// <summary>Why the answer ended, in the API's own word.</summary>
    public string? Finish { get; init; }

    /// <summary>The prompt's tokens, cached ones included.</summary>
    public int PromptTokens { get; init; }

    /// <summary>The API's word for an answer that reached its limit.</summary>
    public static string TruncatedOf(Api api) => api switch
    {
        Api.Responses => "max_output_tokens",
        Api.Messages => "max_tokens",
        _ => "length",
    };

    /// <summary>Reads an answer that was not streamed.</summary>
    public static ApiAnswer Read(Api api, JsonElement answer) => api switch
    {
        Api.OllamaChat => ReadOllama(answer),
        Api.ChatCompletions => ReadChat(answer),
        Api.Responses => ReadResponse(answer),
        _ => ReadMessage(answer),
    };

    /// <summary>Reads a response object, of the Responses API.</summary>
    public static ApiAnswer ReadResponse(JsonElement response)
    {
        var items = response.GetProperty("output").EnumerateArray().ToLookup(static item => item.GetProperty("type").GetString());
        return new()
        {
            Text = string.Concat(items["message"].SelectMany(static item => item.GetProperty("content").EnumerateArray()).Select(static part => part.GetProperty("text").GetString())),
            Thinking = string.Concat(items["reasoning"].SelectMany(static item => item.GetProperty("content").EnumerateArray()).Select(static part => part.GetProperty("text").GetString())),
            Calls = [.. items["function_call"].Select(static item => (item.GetProperty("name").GetString()!, item.GetProperty("arguments").GetString()!))],
            Finish = response.GetProperty("incomplete_details") is { ValueKind: JsonValueKind.Object } details
                ? details.GetProperty("reason").GetString()
                : response.GetProperty("status").GetString(),
            PromptTokens = response.GetProperty("usage").GetProperty("input_tokens").GetInt32(),
        };
    }

    /// <summary>The prompt tokens of a usage object of the Messages API.</summary>
    public static int PromptTokensOf(JsonElement usage) =>
        usage.GetProperty("input_tokens").GetInt32() + (usage.TryGetProperty("cache_read_input_tokens", out var cached) ? cached.GetInt32() : 0);

    private static ApiAnswer ReadOllama(JsonElement answer)
    {
        var message = answer.GetProperty("message");
        return new()
        {
            Text = message.GetProperty("content").GetString()!,
            Thinking = TextOf(message, "thinking"),
            Calls = CallsOf(message),
            Finish = answer.GetProperty("done_reason").GetString(),
            PromptTokens = answer.GetProperty("prompt_eval_count").GetInt32(),
        };
    }

    private static ApiAnswer ReadChat(JsonElement answer)
    {
        var choice = answer.GetProperty("choices")[0];
        var message = choice.GetProperty("message");
        return new()
        {
            Text = TextOf(message, "content"),
            Thinking = TextOf(message, "reasoning_content"),
            Calls = CallsOf(message),
            Finish = choice.GetProperty("finish_reason").GetString(),
            PromptTokens = answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(),
        };
    }

    private static ApiAnswer ReadMessage(JsonElement answer)
    {
        var blocks = answer.GetProperty("content").EnumerateArray().ToLookup(static block => block.GetProperty("type").GetString());
        return new()
        {
            Text = string.Concat(blocks["text"].Select(static block => block.GetProperty("text").GetString())),
            Thinking = string.Concat(blocks["thinking"].Select(static block => block.GetProperty("thinking").GetString())),
            Calls = [.. blocks["tool_use"].Select(static block => (block.GetProperty("name").GetString()!, block.GetProperty("input").GetRawText()))],
            Finish = answer.GetProperty("stop_reason").GetString(),
            PromptTokens = PromptTokensOf(answer.GetProperty("usage")),
        };
    }

    private static IReadOnlyList<(string Name, string Arguments)> CallsOf(JsonElement message) => message.TryGetProperty("tool_calls", out var calls)
        ? [.. calls.EnumerateArray().Select(static call => call.GetProperty("function")).Select(static function =>
            (function.GetProperty("name").GetString()!, function.GetProperty("arguments") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : function.GetProperty("arguments").GetRawText()))]
        : [];

    private static string TextOf(JsonElement message, string name) =>
        message.TryGetProperty(name, out var text) && text.ValueKind is JsonValueKind.String ? text.GetString()! : "";
}

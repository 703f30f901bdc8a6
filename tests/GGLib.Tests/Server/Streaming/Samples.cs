namespace GGLib.Tests.Server.Streaming;

/// <summary>Events as llama-server 0.7.0 writes them.</summary>
internal static class Samples
{
    public const string Role = """{"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"created":1795369900,"id":"chatcmpl-k3","model":"gglib-0123456789abcdef0123","system_fingerprint":"b11669","object":"chat.completion.chunk"}""";

    public const string Finish = """{"choices":[{"finish_reason":"stop","index":0,"delta":{}}],"created":1795369900,"id":"chatcmpl-k3","model":"gglib-0123456789abcdef0123","object":"chat.completion.chunk"}""";

    public const string Usage = """{"choices":[],"created":1795369900,"id":"chatcmpl-k3","model":"gglib-0123456789abcdef0123","object":"chat.completion.chunk","usage":{"completion_tokens":2,"prompt_tokens":11,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":4}},"timings":{"cache_n":4,"prompt_n":7,"prompt_ms":3.5,"prompt_per_token_ms":0.5,"prompt_per_second":2000.0,"predicted_n":2,"predicted_ms":0.25,"predicted_per_token_ms":0.125,"predicted_per_second":8000.0}}""";

    public const string ToolStart = """{"choices":[{"finish_reason":null,"index":0,"delta":{"tool_calls":[{"index":0,"id":"abc123","type":"function","function":{"name":"get_weather","arguments":"{\"city\":"}}]}}]}""";

    public const string ToolRest = """{"choices":[{"finish_reason":null,"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"Köln\"}"}}]}}]}""";

    public const string Logprobs = """{"choices":[{"finish_reason":null,"index":0,"logprobs":{"content":[{"id":70,"token":"h","bytes":[104],"logprob":-0.5,"top_logprobs":[{"id":70,"token":"h","bytes":[104],"logprob":-0.5},{"id":71,"token":"\"","bytes":[34],"logprob":-1.25}]}]},"delta":{"content":"h"}}]}""";

    public const string Error = """{"error":{"code":500,"message":"Compute error.","type":"server_error"}}""";

    public const string CompletionEnd = """{"index":0,"content":"","tokens":[],"id_slot":0,"stop":true,"model":"gglib-0123456789abcdef0123","tokens_predicted":2,"tokens_evaluated":11,"generation_settings":{"seed":1,"stop":["x"]},"prompt":"hello","has_new_line":false,"truncated":false,"stop_type":"limit","stopping_word":"","timings":{"cache_n":4,"prompt_n":7,"prompt_ms":3.5,"predicted_n":2,"predicted_ms":0.25}}""";

    public static IReadOnlyList<string> All { get; } =
        [Role, Content("Hi"), Content(@"\ud83d\ude00 \""\\ ü"), Reasoning("so"), ToolStart, ToolRest, Logprobs, Finish, Usage, Error, CompletionEnd, Completion("x"), "[DONE]"];

    /// <summary>A chat chunk; the text is escaped already.</summary>
    public static string Content(string escaped) =>
        $$$"""{"choices":[{"finish_reason":null,"index":0,"delta":{"content":"{{{escaped}}}"}}],"created":1795369900,"id":"chatcmpl-k3","model":"gglib-0123456789abcdef0123","object":"chat.completion.chunk"}""";

    public static string Reasoning(string escaped) => $$$"""{"choices":[{"finish_reason":null,"index":0,"delta":{"reasoning_content":"{{{escaped}}}"}}]}""";

    public static string Completion(string escaped) => $$"""{"index":0,"content":"{{escaped}}","tokens":[5],"stop":false,"id_slot":0,"tokens_predicted":1,"tokens_evaluated":11}""";

    /// <summary>Events as a body.</summary>
    public static string Body(params IEnumerable<string> events) => string.Concat(events.Select(data => $"data: {data}\n\n"));
}

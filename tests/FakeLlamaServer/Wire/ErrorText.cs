using static FakeLlama.Wire.JsonText;

namespace FakeLlama.Wire;

/// <summary>llama-server has two spellings: handlers put the code first, what stands before the handlers puts it last.</summary>
internal static class ErrorText
{
    public const string Loading = """{"error":{"message":"Loading model","type":"unavailable_error","code":503}}""";
    public const string NotFound = """{"error":{"message":"File Not Found","type":"not_found_error","code":404}}""";
    public const string WrongKey = """{"error":{"message":"Invalid API Key","type":"authentication_error","code":401}}""";

    public static string From(int code, string message, string type) =>
        $$$"""{"error":{"code":{{{code}}},"message":{{{Quote(message)}}},"type":"{{{type}}}"}}""";

    public static string Invalid(string message) => From(400, message, "invalid_request_error");

    public static string Unsupported(string what) =>
        From(501, $"This server does not support {what}", "not_supported_error");

    public static string ContextExceeded(int tokens, int context) =>
        $$$"""{"error":{"code":400,"message":"request ({{{tokens}}} tokens) exceeds the available context size ({{{context}}} tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":{{{tokens}}},"n_ctx":{{{context}}}}}""";
}

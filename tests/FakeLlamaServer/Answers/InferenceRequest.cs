using System.Text.Json;

namespace FakeLlama.Answers;

/// <summary>What the fake heeds of a request.</summary>
internal sealed record InferenceRequest(string Prompt, bool Stream, bool IncludeUsage, int Limit, bool Logprobs, int TopLogprobs)
{
    public static InferenceRequest Read(JsonElement body, string prompt)
    {
        var topLogprobs = Number(body, "n_probs") ?? Number(body, "top_logprobs") ?? 0;
        return new InferenceRequest(
            prompt,
            Flag(body, "stream"),
            body.TryGetProperty("stream_options", out var options) && options.ValueKind is JsonValueKind.Object && Flag(options, "include_usage"),
            Number(body, "max_tokens") ?? Number(body, "max_completion_tokens") ?? Number(body, "n_predict") ?? -1,
            Flag(body, "logprobs") || topLogprobs > 0,
            topLogprobs);
    }

    private static bool Flag(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True;

    private static int? Number(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number ? (int)value.GetDouble() : null;
}

using static FakeLlama.Wire.JsonText;

namespace FakeLlama.Wire;

/// <summary>
/// The numbers at an answer's end. Times are made up, one millisecond a token, so that a test can expect them;
/// the rates follow from them as in llama-server (which measures from the first token, hence one less).
/// </summary>
internal sealed record Counts(int Prompt, int Cached, int Predicted)
{
    public string Usage =>
        $$$"""{"completion_tokens":{{{Predicted}}},"prompt_tokens":{{{Prompt}}},"total_tokens":{{{Prompt + Predicted}}},"prompt_tokens_details":{"cached_tokens":{{{Cached}}}}}""";

    public string Timings
    {
        get
        {
            var evaluated = Math.Max(1, Prompt - Cached);
            var predictedMs = Predicted > 1 ? Predicted : 0.001;
            var steps = Predicted - 1;
            return $$"""{"cache_n":{{Prompt - evaluated}},"prompt_n":{{evaluated}},"prompt_ms":{{Number(evaluated)}},"prompt_per_token_ms":1.0,"prompt_per_second":1000.0,"predicted_n":{{Predicted}},"predicted_ms":{{Number(predictedMs)}},"predicted_per_token_ms":{{Number(steps > 0 ? predictedMs / steps : 0)}},"predicted_per_second":{{Number(steps > 0 ? 1000.0 * steps / predictedMs : 0)}}}""";
        }
    }
}

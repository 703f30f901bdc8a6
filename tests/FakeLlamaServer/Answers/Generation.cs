using FakeLlama.Script;
using FakeLlama.Wire;

namespace FakeLlama.Answers;

/// <summary>What one request gets: which chunks, how many in all, how it ends.</summary>
internal sealed class Generation
{
    public Generation(FakeScript script, InferenceRequest request, string model)
    {
        Model = model;
        Request = request;
        Chunks = script.Chunks.Count > 0 ? script.Chunks : [.. Words(script)];
        var all = Chunks.Count * script.Repeat;
        var cut = script.ObeyLimit && request.Limit >= 0 && request.Limit < all;
        Count = cut ? Math.Max(1, request.Limit) : all;
        Finish = script.FinishReason ?? (cut ? "length" : Chunks.Any(chunk => chunk.ToolCalls is not null) ? "tool_calls" : "stop");
        var prompt = script.PromptTokens ?? Math.Max(1, Vocabulary.Count(request.Prompt));
        Counts = new Counts(prompt, Math.Min(script.CachedTokens, prompt - 1), Count);
        Logprobs = script.Logprobs ?? request.Logprobs;
        Usage = script.Usage;
        Timings = script.Timings;
    }

    public string Model { get; }

    public InferenceRequest Request { get; }

    public IReadOnlyList<FakeChunk> Chunks { get; }

    public int Count { get; }

    public string Finish { get; }

    public Counts Counts { get; }

    public bool Logprobs { get; }

    public bool Usage { get; }

    public bool Timings { get; }

    public string Id { get; } = "chatcmpl-" + Random.Shared.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 32);

    public long Created { get; } = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public IEnumerable<FakeChunk> Sent => Enumerable.Range(0, Count).Select(i => Chunks[i % Chunks.Count]);

    private static IEnumerable<FakeChunk> Words(FakeScript script) =>
    [
        .. Vocabulary.Cut(script.Reasoning).Select(word => new FakeChunk { Reasoning = word }),
        .. Vocabulary.Cut(script.Text).Select(word => new FakeChunk { Content = word }),
    ];
}

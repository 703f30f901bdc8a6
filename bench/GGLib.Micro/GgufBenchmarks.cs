using BenchmarkDotNet.Attributes;
using GGLib.Gguf;

namespace GGLib.Micro;

/// <summary>The reading of a model file's header, as the catalog reads it once for each new file.</summary>
public class GgufBenchmarks
{
    // As many as Qwen 2.5 and Qwen 3 have.
    private const int Vocabulary = 151_936;

    private readonly string _demo = Path.Combine(AppContext.BaseDirectory, "demo-chat.gguf");
    private readonly byte[] _large = LargeHeader();

    [Benchmark(Description = "demo-chat, from disk")]
    public ModelFacts DemoChat() => ModelFacts.From(GgufFile.Read(_demo));

    [Benchmark(Description = "151,936 tokens, passed over")]
    public GgufFile LargePassedOver() => GgufFile.Read(new MemoryStream(_large));

    [Benchmark(Description = "151,936 tokens, kept")]
    public GgufFile LargeKept() => GgufFile.Read(new MemoryStream(_large), GgufReadOptions.LargeArrays);

    private static byte[] LargeHeader()
    {
        string[] tokens = [.. Enumerable.Range(0, Vocabulary).Select(static token => $"token{token}")];
        var types = new int[Vocabulary];
        Array.Fill(types, 1);
        return new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("tokenizer.ggml.model", "gpt2")
            .Add("tokenizer.ggml.tokens", GgufArray.Of(tokens))
            .Add("tokenizer.ggml.token_type", GgufArray.Of(types))
            .AddZeros("output.weight", GgufTensorType.F32, 32, 32)
            .ToArray();
    }
}

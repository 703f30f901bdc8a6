using BenchmarkDotNet.Attributes;
using GGLib.Micro.Streams;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.Dialects.OpenAI;
using GGLib.Server.Streaming;

namespace GGLib.Micro;

/// <summary>A token from the engine's bytes to the client's: read, and written by each dialect's writer as it comes or in one object at the end.</summary>
public class AnswerBenchmarks
{
    private const string Model = "tiny";

    private readonly DiscardingWriter _output = new();
    private readonly Func<CancellationToken, ValueTask> _flush;

    public AnswerBenchmarks() => _flush = FlushAsync;

    /// <summary>Bytes a read brings: about one token's event, as when the model is slow, or a whole buffer.</summary>
    [Params(256, 16 * 1024)]
    public int ReadSize { get; set; }

    [Benchmark(Description = "/api/chat, stream", OperationsPerInvoke = EngineBytes.Tokens)]
    public Task OllamaChatStream() => OllamaAsync(EngineBytes.Chat, OllamaAnswerShape.Chat, streaming: true);

    [Benchmark(Description = "/api/chat, whole", OperationsPerInvoke = EngineBytes.Tokens)]
    public Task OllamaChatWhole() => OllamaAsync(EngineBytes.Chat, OllamaAnswerShape.Chat, streaming: false);

    [Benchmark(Description = "/api/generate, stream", OperationsPerInvoke = EngineBytes.Tokens)]
    public Task OllamaGenerateStream() => OllamaAsync(EngineBytes.Chat, OllamaAnswerShape.Generate, streaming: true);

    [Benchmark(Description = "/api/generate, whole", OperationsPerInvoke = EngineBytes.Tokens)]
    public Task OllamaGenerateWhole() => OllamaAsync(EngineBytes.Chat, OllamaAnswerShape.Generate, streaming: false);

    [Benchmark(Description = "/api/generate raw, stream", OperationsPerInvoke = EngineBytes.Tokens)]
    public Task OllamaRawStream() => OllamaAsync(EngineBytes.Completion, OllamaAnswerShape.Generate, streaming: true);

    [Benchmark(Description = "/v1 retold, stream", OperationsPerInvoke = EngineBytes.Tokens)]
    public Task OpenAIRetoldStream() => OpenAIAsync(streaming: true);

    [Benchmark(Description = "/v1 retold, whole", OperationsPerInvoke = EngineBytes.Tokens)]
    public Task OpenAIRetoldWhole() => OpenAIAsync(streaming: false);

    [Benchmark(Description = "/v1 relayed", OperationsPerInvoke = EngineBytes.Tokens)]
    public Task<bool> OpenAIRelay()
    {
        var relay = new ByteRelay(_output, new AliasReplacer("gglib-0123456789abcdef0123"u8.ToArray(), "tiny"u8.ToArray()), TextMark.Chat, isEventStream: true);
        return relay.CopyAsync(new ReplayedStream(EngineBytes.Chat, ReadSize), CancellationToken.None, CancellationToken.None);
    }

    private async Task OllamaAsync(byte[] engine, OllamaAnswerShape shape, bool streaming)
    {
        var answer = new OllamaAnswer(_output, shape, Model, streaming, topLogprobs: null, TimeProvider.System);
        await EngineStream.ReadAsync(new ReplayedStream(engine, ReadSize), answer, _flush, CancellationToken.None).ConfigureAwait(false);
        answer.Complete(new AnswerTiming(TotalNanoseconds: 1, LoadNanoseconds: 1));
        await _output.FlushAsync().ConfigureAwait(false);
    }

    private async Task OpenAIAsync(bool streaming)
    {
        var answer = new OpenAIChatAnswer(_output, Model, streaming, includeUsage: true, TimeProvider.System);
        await EngineStream.ReadAsync(new ReplayedStream(EngineBytes.Chat, ReadSize), answer, _flush, CancellationToken.None).ConfigureAwait(false);
        answer.Complete(default);
        await _output.FlushAsync().ConfigureAwait(false);
    }

    private async ValueTask FlushAsync(CancellationToken cancellation) => await _output.FlushAsync(cancellation).ConfigureAwait(false);
}

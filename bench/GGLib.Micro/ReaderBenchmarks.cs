using BenchmarkDotNet.Attributes;
using GGLib.Micro.Streams;
using GGLib.Server.Streaming;

namespace GGLib.Micro;

/// <summary>The reading of llama-server's stream, a token: its parts, then the whole of it on the fast path and on the slow one.</summary>
public class ReaderBenchmarks
{
    private const int ReadSize = 16 * 1024;
    private const int LongestEvent = 1 << 20;

    private readonly CountingSink _sink = new();

    [Benchmark(Description = "EventLines: cut into events", OperationsPerInvoke = EngineBytes.Tokens)]
    public long EventLinesCut()
    {
        using var lines = new EventLines(LongestEvent);
        using var stream = new ReplayedStream(EngineBytes.Chat, ReadSize);
        var bytes = 0L;
        for (int count; (count = stream.Read(lines.Free().Span)) > 0;)
        {
            lines.Filled(count);
            while (lines.TryNext(out var data))
            {
                bytes += data.Length;
            }
        }

        return bytes;
    }

    [Benchmark(Description = "ChunkPattern: recognised", OperationsPerInvoke = EngineBytes.Tokens)]
    public long ChunkPatternRecognised()
    {
        var pattern = new ChunkPattern(_sink);
        foreach (var data in EngineBytes.ChatEvents)
        {
            pattern.Read(data);
        }

        return _sink.Bytes;
    }

    [Benchmark(Description = "ChunkReader: parsed", OperationsPerInvoke = EngineBytes.Tokens)]
    public long ChunkReaderParsed()
    {
        foreach (var data in EngineBytes.ChatEvents)
        {
            ChunkReader.Read(data, _sink);
        }

        return _sink.Bytes;
    }

    [Benchmark(Description = "EngineStream: fast path", OperationsPerInvoke = EngineBytes.Tokens)]
    public Task EngineStreamFastPath() => ReadAsync(EngineBytes.Chat);

    [Benchmark(Description = "EngineStream: slow path", OperationsPerInvoke = EngineBytes.Tokens)]
    public Task EngineStreamSlowPath() => ReadAsync(EngineBytes.Completion);

    private Task<StreamEnd> ReadAsync(byte[] answer) =>
        EngineStream.ReadAsync(new ReplayedStream(answer, ReadSize), _sink, static _ => ValueTask.CompletedTask, CancellationToken.None);
}

using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.Dialects.OpenAI;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Streaming;

/// <summary>A token allocates nothing on its way: not where it is read, translated and written, and not where it is relayed.</summary>
public sealed class AllocationTests
{
    private const int WarmUpReads = 200;
    private const int Reads = 2000;
    private const int Window = 250;

    // As llama-server sends them: several events a read, and a read that ends in the middle of one.
    private static readonly byte[][] ChatReads = Cut(Samples.Content("Hé"), Samples.Content("lo \\\"you\\\"\\n"), Samples.Content("!"));
    private static readonly byte[][] ThinkingReads = Cut(Samples.Reasoning("hm"), Samples.Reasoning(" so"), Samples.Reasoning("."));
    private static readonly byte[][] CompletionReads = Cut(Samples.Completion("a"), Samples.Completion("b"), Samples.Completion("c"));

    private static readonly byte[][] ChangingReads = Cut(
        Samples.Content("a"), Samples.Content("b").Replace("k3", "k4", StringComparison.Ordinal), Samples.Content("c").Replace("k3", "k55", StringComparison.Ordinal));

    public static TheoryData<string, bool> Streams => new()
    {
        { nameof(ChatReads), true },
        { nameof(ThinkingReads), true },
        { nameof(CompletionReads), false },
        { nameof(ChangingReads), true },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task A_translated_token_allocates_nothing(string name, bool chat)
    {
        var output = new Reused();
        var answer = new OllamaAnswer(output, chat ? OllamaAnswerShape.Chat : OllamaAnswerShape.Generate, "tiny", streaming: true, topLogprobs: null, TimeProvider.System) { WritesChunks = true };
        using var upstream = new Measured(ReadsOf(name));

        await EngineStream.ReadAsync(
            upstream,
            answer,
            _ =>
            {
                output.Clear();
                return ValueTask.CompletedTask;
            },
            CancellationToken.None);

        Assert.True(output.Flushed > Reads * 50);
        Assert.Equal(0, upstream.Allocated);
    }

    [Theory]
    [InlineData(nameof(ChatReads))]
    [InlineData(nameof(ThinkingReads))]
    public async Task A_relayed_token_allocates_nothing(string name)
    {
        var output = new Sink();
        var stage = new FirstContent(new ReasoningEcho(new AliasReplacer("gglib-0123456789abcdef0123"u8.ToArray(), "tiny"u8.ToArray())));
        var relay = new ByteRelay(output, stage, TextMark.Chat, isEventStream: true);
        using var upstream = new Measured(ReadsOf(name));

        Assert.True(await relay.CopyAsync(upstream, CancellationToken.None, CancellationToken.None));

        Assert.True(output.Flushed > Reads * 100);
        Assert.Equal(0, upstream.Allocated);
    }

    private static byte[][] ReadsOf(string name) => name switch
    {
        nameof(ThinkingReads) => ThinkingReads,
        nameof(CompletionReads) => CompletionReads,
        nameof(ChangingReads) => ChangingReads,
        _ => ChatReads,
    };

    private static byte[][] Cut(params string[] events)
    {
        var bytes = Encoding.UTF8.GetBytes(Samples.Body(events));
        var middle = bytes.Length / 2;
        return [bytes[..middle], bytes[middle..]];
    }

    /// <summary>
    /// Gives the same reads over and over, at once and on the caller's thread, and counts what is allocated between them once they are warm. The least of several
    /// windows counts: what the runtime does once in a while, as code gets hot, is no token's doing, and a token's own would be in all of them.
    /// </summary>
    private sealed class Measured(byte[][] reads) : Stream
    {
        private int _read;
        private long _before;

        public long Allocated { get; private set; } = -1;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_read > WarmUpReads && (_read - WarmUpReads) % Window == 0)
            {
                var allocated = GC.GetAllocatedBytesForCurrentThread() - _before;
                Allocated = Allocated < 0 ? allocated : Math.Min(Allocated, allocated);
            }

            if (_read == WarmUpReads + Reads)
            {
                return new ValueTask<int>(0);
            }

            if (_read >= WarmUpReads && (_read - WarmUpReads) % Window == 0)
            {
                _before = GC.GetAllocatedBytesForCurrentThread();
            }

            var bytes = reads[_read++ % reads.Length];
            bytes.CopyTo(buffer);
            return new ValueTask<int>(bytes.Length);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class Reused : IBufferWriter<byte>
    {
        private readonly byte[] _bytes = new byte[1 << 20];
        private int _length;

        public long Flushed { get; private set; }

        public void Clear()
        {
            Flushed += _length;
            _length = 0;
        }

        public void Advance(int count) => _length += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => _bytes.AsMemory(_length);

        public Span<byte> GetSpan(int sizeHint = 0) => _bytes.AsSpan(_length);
    }

    private sealed class Sink : PipeWriter
    {
        private readonly byte[] _bytes = new byte[1 << 20];
        private int _length;

        public long Flushed { get; private set; }

        public override void Advance(int bytes) => _length += bytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _bytes.AsMemory(_length);

        public override Span<byte> GetSpan(int sizeHint = 0) => _bytes.AsSpan(_length);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            Flushed += _length;
            _length = 0;
            return default;
        }

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}

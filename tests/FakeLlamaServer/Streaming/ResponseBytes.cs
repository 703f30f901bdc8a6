using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;

namespace FakeLlama.Streaming;

/// <summary>The one place bytes leave a stream: a flush a write, or one after every so many bytes.</summary>
internal sealed class ResponseBytes(PipeWriter output, Pacer pacer, int cutEvery, int cutPauseMicroseconds, CancellationToken gone)
{
    private int pending;

    public async ValueTask Write(ReadOnlyMemory<byte> bytes)
    {
        if (cutEvery <= 0)
        {
            var flush = output.WriteAsync(bytes, gone);
            if (!flush.IsCompletedSuccessfully)
            {
                await flush;
            }

            return;
        }

        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(cutEvery - pending, bytes.Length)];
            output.Write(piece.Span);
            pending += piece.Length;
            bytes = bytes[piece.Length..];
            if (pending == cutEvery)
            {
                await Flush();
                await pacer.WaitUntil(Stopwatch.GetTimestamp() + (cutPauseMicroseconds * (Stopwatch.Frequency / 1_000_000)));
            }
        }
    }

    public async ValueTask Flush()
    {
        pending = 0;
        await output.FlushAsync(gone);
    }
}

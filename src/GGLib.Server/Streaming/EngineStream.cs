using System.Buffers;

namespace GGLib.Server.Streaming;

/// <summary>Reads an answer from llama-server's event stream into a sink.</summary>
internal static class EngineStream
{
    // The last event of /completion repeats the prompt and all settings: megabytes are possible.
    private const int LongestEvent = 64 << 20;

    // If the engine never makes us wait, no more than this may pile up before the client gets it.
    private const int MostUnflushed = 32 * 1024;

    // The least free space that makes a read worthwhile.
    private const int LeastFree = 4 * 1024;

    /// <summary>
    /// Reads to the end. <paramref name="flush"/> is called whenever everything read so far was handed to the sink and more must be waited for, or when much has arrived
    /// without any waiting. Reading also ends, as if the stream were done, once <paramref name="isEnough"/> holds.
    /// </summary>
    /// <returns>How the stream ended. Never throws because of the engine.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static async Task<StreamEnd> ReadAsync(Stream upstream, IStreamEventSink sink, Func<CancellationToken, ValueTask> flush, CancellationToken cancellation, IWaitingClient? waiting = null, Func<bool>? isEnough = null)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var lines = new EventLines(LongestEvent);
        var pattern = new ChunkPattern(sink);
        var unflushed = 0;
        try
        {
            while (true)
            {
                if (unflushed >= MostUnflushed)
                {
                    unflushed = 0;
                    await flush(cancellation).ConfigureAwait(false);
                }

                // Completed at once: more was available. Otherwise the client must get what there is before we wait.
                var next = upstream.ReadAsync(lines.Free(), reading.Token);
                if (!next.IsCompleted && unflushed > 0)
                {
                    unflushed = 0;
                    try
                    {
                        await flush(cancellation).ConfigureAwait(false);
                    }
                    catch
                    {
                        // The read holds the buffer: it must end before the buffer is returned, and its own exception would hide this one.
                        await reading.CancelAsync().ConfigureAwait(false);
                        await ((Task)next.AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                        throw;
                    }
                }

                var count = waiting is null ? await next.ConfigureAwait(false) : await waiting.WithPingsAsync(next.AsTask()).ConfigureAwait(false);
                if (count == 0)
                {
                    return StreamEnd.Closed;
                }

                lines.Filled(count);
                if (waiting is { IsAnswered: true })
                {
                    // From the first token on the stream itself shows that it is alive, and each read should cost as little as possible.
                    waiting = null;
                }

                unflushed += count;
                while (lines.TryNext(out var data))
                {
                    switch (pattern.Read(data))
                    {
                        case ChunkKind.Done:
                            return StreamEnd.Done;
                        case ChunkKind.Error:
                            return StreamEnd.Error;
                        case ChunkKind.Malformed:
                            return StreamEnd.Malformed;
                    }
                }

                if (isEnough is not null && isEnough())
                {
                    return StreamEnd.Done;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidDataException)
        {
            return exception is InvalidDataException ? StreamEnd.Malformed : StreamEnd.Broken;
        }
    }

    /// <summary>Reads an answer that the engine sends as one object.</summary>
    /// <returns>How it ended. Never throws because of the engine.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static async Task<StreamEnd> ReadWholeAsync(Stream upstream, IStreamEventSink sink, CancellationToken cancellation)
    {
        var whole = new ArrayBufferWriter<byte>();
        try
        {
            for (int read; (read = await upstream.ReadAsync(whole.GetMemory(LeastFree), cancellation).ConfigureAwait(false)) > 0;)
            {
                whole.Advance(read);
                if (whole.WrittenCount > LongestEvent)
                {
                    return StreamEnd.Malformed;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return StreamEnd.Broken;
        }

        return ChunkReader.Read(whole.WrittenSpan, sink) switch
        {
            ChunkKind.Piece => StreamEnd.Closed,
            ChunkKind.Error => StreamEnd.Error,
            _ => StreamEnd.Malformed,
        };
    }
}

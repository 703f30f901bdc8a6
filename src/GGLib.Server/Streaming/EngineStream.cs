using System.Net.ServerSentEvents;

namespace GGLib.Server.Streaming;

/// <summary>Reads a whole answer from llama-server's event stream into a sink.</summary>
internal static class EngineStream
{
    // The last event of /completion repeats the prompt and all settings: megabytes are possible, gigabytes are a fault.
    private const int LongestEvent = 64 << 20;

    /// <summary>Reads to the end. <paramref name="flush"/> is called whenever everything read so far was handed to the sink and more must be waited for.</summary>
    /// <returns>How the stream ended. Never throws for what the engine does.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static async Task<StreamEnd> ReadAsync(Stream upstream, IStreamEventSink sink, Func<CancellationToken, ValueTask> flush, CancellationToken cancellation)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var events = SseParser.Create(new LimitedStream(upstream, LongestEvent), (_, data) => ChunkReader.Read(data, sink))
            .EnumerateAsync(reading.Token).GetAsyncEnumerator(reading.Token);
        await using var _ = events.ConfigureAwait(false);
        try
        {
            while (true)
            {
                // Completed at once: more was buffered already. Otherwise what there is must reach the client before we wait.
                var next = events.MoveNextAsync();
                if (!next.IsCompleted)
                {
                    try
                    {
                        await flush(cancellation).ConfigureAwait(false);
                    }
                    catch
                    {
                        // The enumerator cannot be disposed while it reads, and its own exception would hide this one.
                        await reading.CancelAsync().ConfigureAwait(false);
                        await ((Task)next.AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                        throw;
                    }
                }

                if (!await next.ConfigureAwait(false))
                {
                    return StreamEnd.Closed;
                }

                switch (events.Current.Data)
                {
                    case ChunkKind.Done:
                        return StreamEnd.Done;
                    case ChunkKind.Error:
                        return StreamEnd.Error;
                    case ChunkKind.Malformed:
                        return StreamEnd.Malformed;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidDataException)
        {
            return exception is InvalidDataException ? StreamEnd.Malformed : StreamEnd.Broken;
        }
    }

    /// <summary>Reads an answer that the engine sends as one object, asked for without a stream.</summary>
    /// <returns>How it ended. Never throws for what the engine does.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static async Task<StreamEnd> ReadWholeAsync(Stream upstream, IStreamEventSink sink, CancellationToken cancellation)
    {
        using var whole = new MemoryStream();
        try
        {
            await new LimitedStream(upstream, LongestEvent).CopyToAsync(whole, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidDataException)
        {
            return exception is InvalidDataException ? StreamEnd.Malformed : StreamEnd.Broken;
        }

        return ChunkReader.Read(whole.GetBuffer().AsSpan(0, (int)whole.Length), sink) switch
        {
            ChunkKind.Piece => StreamEnd.Closed,
            ChunkKind.Error => StreamEnd.Error,
            _ => StreamEnd.Malformed,
        };
    }
}

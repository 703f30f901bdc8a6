using System.Buffers;
using System.IO.Pipelines;

namespace GGLib.Server.Streaming;

/// <summary>
/// Copies the engine's bytes to the client as they come: flushed before every wait for more, and when much has come without any wait. Of an event stream only whole events are passed on, so that a stream that
/// breaks off can be ended with an event of our own. For one answer; not thread-safe.
/// </summary>
internal sealed class ByteRelay(PipeWriter output, IByteStage stage, TextMark texts, bool isEventStream)
{
    private const int ReadSize = 16 * 1024;

    // Where the engine never lets us wait, no more than this may pile up.
    private const int MostUnflushed = 32 * 1024;

    private readonly UsageWatch _usage = new(texts);

    // The beginning of an event whose end has not come yet.
    private readonly ArrayBufferWriter<byte> _partial = new();

    /// <summary>The counts that the engine told in what was passed on; for the request's line only, so what cannot be seen at a glance is not looked for.</summary>
    public TokenUsage Usage => _usage.Seen;

    /// <summary>Tokens generated: as the engine told, else the events that held text; null when nothing was seen.</summary>
    public long? GeneratedTokens => _usage.GeneratedTokens;

    /// <summary>Copies to the end.</summary>
    /// <returns>Whether the engine's answer came whole; false when it broke off or was ended.</returns>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public async Task<bool> CopyAsync(Stream upstream, CancellationToken ending, CancellationToken clientLeft)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(ending);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        var unflushed = 0;
        try
        {
            while (true)
            {
                if (unflushed >= MostUnflushed)
                {
                    unflushed = 0;
                    await output.FlushAsync(clientLeft).ConfigureAwait(false);
                }

                var next = upstream.ReadAsync(buffer, reading.Token);
                if (!next.IsCompleted && unflushed > 0)
                {
                    unflushed = 0;
                    try
                    {
                        await output.FlushAsync(clientLeft).ConfigureAwait(false);
                    }
                    catch
                    {
                        // The read holds the buffer: it must have ended before the buffer is given back, and its own exception would hide this one.
                        await reading.CancelAsync().ConfigureAwait(false);
                        await ((Task)next.AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                        throw;
                    }
                }

                var read = await next.ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                unflushed += Pass(buffer.AsSpan(0, read));
            }

            stage.Write(_partial.WrittenSpan, output);
            stage.Complete(output);
            await output.FlushAsync(clientLeft).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
        {
            clientLeft.ThrowIfCancellationRequested();
            if (unflushed > 0)
            {
                // What came before the break is the client's: from here on the answer has begun.
                await output.FlushAsync(clientLeft).ConfigureAwait(false);
            }

            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Ends a stream that broke off with an event of its own.</summary>
    /// <param name="json">The event's data.</param>
    /// <param name="name">The event's name; empty for none.</param>
    /// <param name="cancellation">The client left.</param>
    public async Task EndWithEventAsync(ReadOnlyMemory<byte> json, string name, CancellationToken cancellation)
    {
        if (name.Length > 0)
        {
            output.Write(System.Text.Encoding.ASCII.GetBytes($"event: {name}\n"));
        }

        output.Write("data: "u8);
        output.Write(json.Span);
        output.Write("\n\n"u8);
        await output.FlushAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Bytes passed on.</summary>
    private int Pass(ReadOnlySpan<byte> bytes)
    {
        if (!isEventStream)
        {
            _usage.Look(bytes);
            stage.Write(bytes, output);
            return bytes.Length;
        }

        if (_partial.WrittenCount == 0)
        {
            // The usual case: llama-server writes an event at once, and a read ends with one.
            var end = EndOfEvents(bytes);
            _usage.Look(bytes[..end]);
            stage.Write(bytes[..end], output);
            _partial.Write(bytes[end..]);
            return end;
        }

        // The mark of an event's end may itself be cut.
        var overlap = _partial.WrittenCount;
        _partial.Write(bytes);
        var joined = _partial.WrittenSpan;
        var searched = joined[Math.Max(0, overlap - 1)..];
        var endOfJoined = EndOfEvents(searched);
        if (endOfJoined == 0)
        {
            return 0;
        }

        endOfJoined += joined.Length - searched.Length;
        _usage.Look(joined[..endOfJoined]);
        stage.Write(joined[..endOfJoined], output);

        // What is left came with this read: the end of an event cannot lie before it.
        _partial.ResetWrittenCount();
        _partial.Write(bytes[(endOfJoined - overlap)..]);
        return endOfJoined;
    }

    private static int EndOfEvents(ReadOnlySpan<byte> bytes)
    {
        var at = bytes.LastIndexOf("\n\n"u8);
        return at < 0 ? 0 : at + 2;
    }
}

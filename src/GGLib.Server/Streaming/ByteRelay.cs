using System.Buffers;
using System.IO.Pipelines;

namespace GGLib.Server.Streaming;

/// <summary>
/// Copies the engine's bytes to the client as they come: flushed before every wait for more, and when much has come without any wait. Of an event stream only whole events are passed on, so that a stream that
/// breaks off can be ended with an event of our own. For one answer; not thread-safe.
/// </summary>
internal sealed class ByteRelay(PipeWriter output, AliasReplacer replacer, bool isEventStream)
{
    private const int ReadSize = 16 * 1024;

    // Where the engine never lets us wait, no more than this may pile up.
    private const int MostUnflushed = 32 * 1024;

    private readonly UsageWatch _usage = new();

    // The beginning of an event whose end has not come yet.
    private readonly ArrayBufferWriter<byte> _partial = new();

    /// <summary>The counts that the engine told in what was passed on; for the request's line only, so what cannot be seen at a glance is not looked for.</summary>
    public TokenUsage Usage => _usage.Seen;

    /// <summary>Copies to the end.</summary>
    /// <returns>Whether the engine's answer came whole; false when it broke off or was ended.</returns>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public async Task<bool> CopyAsync(Stream upstream, CancellationToken ending, CancellationToken clientLeft)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(ending);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        try
        {
            var unflushed = 0;
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

            replacer.Write(_partial.WrittenSpan, output);
            replacer.Complete(output);
            await output.FlushAsync(clientLeft).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!clientLeft.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            clientLeft.ThrowIfCancellationRequested();
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Ends a stream that broke off with an event of its own.</summary>
    public async Task EndWithEventAsync(ReadOnlyMemory<byte> json, CancellationToken cancellation)
    {
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
            replacer.Write(bytes, output);
            return bytes.Length;
        }

        if (_partial.WrittenCount == 0)
        {
            // The usual case: llama-server writes an event at once, and a read ends with one.
            var end = EndOfEvents(bytes);
            _usage.Look(bytes[..end]);
            replacer.Write(bytes[..end], output);
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
        replacer.Write(joined[..endOfJoined], output);

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

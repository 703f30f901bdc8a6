using System.Buffers;
using System.IO.Pipelines;
using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>
/// Copies the engine's bytes to the client as they arrive. Flushes before each wait, and when much has arrived without a wait. Only whole events of an event stream are passed on, so a stream that
/// breaks off can be ended with an error event. For one answer; not thread-safe.
/// </summary>
internal sealed class ByteRelay(PipeWriter output, IByteStage stage, TextMark texts, bool isEventStream)
{
    private const int FirstSize = 16 * 1024;

    // The least free space that makes a read worthwhile.
    private const int LeastFree = 4 * 1024;

    // The most bytes that may accumulate if reads always complete at once.
    private const int MostUnflushed = 32 * 1024;

    private readonly UsageWatch _usage = new(texts);

    private byte[] _buffer = [];

    // Whether the terminating event was passed on: errors after it are harmless.
    private bool _hasEnded;

    // Length of the incomplete event at the start of the buffer. The next read appends to it.
    private int _partial;

    /// <summary>The engine's counts in the relayed bytes. Best effort: they are only used for the request log.</summary>
    public TokenUsage Usage => _usage.Seen;

    /// <summary>Generated tokens: the engine's count, otherwise the number of events with text; null if there was neither.</summary>
    public long? GeneratedTokens => _usage.GeneratedTokens;

    /// <summary>Copies to the end.</summary>
    /// <returns>Whether the engine's answer was complete; false if it broke off or <paramref name="ending"/> was canceled.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    public async Task<bool> CopyAsync(Stream upstream, CancellationToken ending, CancellationToken clientLeft)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(ending);
        _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
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

                var next = upstream.ReadAsync(Free(), reading.Token);
                if (!next.IsCompleted && unflushed > 0)
                {
                    unflushed = 0;
                    try
                    {
                        await output.FlushAsync(clientLeft).ConfigureAwait(false);
                    }
                    catch
                    {
                        // The read uses the buffer: it must end before the buffer is returned, and its own exception would hide this one.
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

                unflushed += Pass(read);
            }

            stage.Write(_buffer.AsSpan(0, _partial), output);
            stage.Complete(output);
            await output.FlushAsync(clientLeft).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
        {
            clientLeft.ThrowIfCancellationRequested();
            if (_hasEnded)
            {
                stage.Complete(output);
            }

            if (_hasEnded || unflushed > 0)
            {
                // The client receives everything that arrived before the break. The response has started then.
                await output.FlushAsync(clientLeft).ConfigureAwait(false);
            }

            return _hasEnded;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private Memory<byte> Free()
    {
        if (_buffer.Length - _partial < LeastFree)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _partial).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(_partial);
    }

    /// <summary>Passes on what is complete after a read.</summary>
    /// <param name="read">The number of bytes read.</param>
    /// <returns>The number of bytes passed on.</returns>
    private int Pass(int read)
    {
        var bytes = _buffer.AsSpan(0, _partial + read);
        var end = isEventStream ? EndOfEvents(bytes) : bytes.Length;
        if (end > 0)
        {
            _usage.Scan(bytes[..end]);
            _hasEnded = isEventStream && IsLast(bytes[..end]);
            stage.Write(bytes[..end], output);
            bytes[end..].CopyTo(_buffer);
        }

        _partial = bytes.Length - end;
        return end;
    }

    /// <summary>Whether the last of these events is the terminating event.</summary>
    private static bool IsLast(ReadOnlySpan<byte> events)
    {
        var last = events[(events[..^2].LastIndexOf("\n\n"u8) is >= 0 and var before ? before + 2 : 0)..];
        return last.StartsWith("data: [DONE]"u8);
    }

    private int EndOfEvents(ReadOnlySpan<byte> bytes)
    {
        // Skips what was searched before, except one byte: the two line feeds may have arrived separately.
        var searched = Math.Max(0, _partial - 1);
        var at = bytes[searched..].LastIndexOf("\n\n"u8);
        return at < 0 ? 0 : searched + at + 2;
    }
}

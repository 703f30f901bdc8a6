using System.Buffers;
using System.IO.Pipelines;
using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>
/// Copies the engine's bytes to the client as they come: flushed before every wait for more, and when much has come without any wait. Of an event stream only whole events are passed on, so that a stream that
/// breaks off can be ended with an event of our own. For one answer; not thread-safe.
/// </summary>
internal sealed class ByteRelay(PipeWriter output, IByteStage stage, TextMark texts, bool isEventStream)
{
    private const int FirstSize = 16 * 1024;

    // As much as must be free for a read to be worth its while.
    private const int LeastFree = 4 * 1024;

    // Where the engine never lets us wait, no more than this may pile up.
    private const int MostUnflushed = 32 * 1024;

    private readonly UsageWatch _usage = new(texts);

    private byte[] _buffer = [];

    // Whether the event that ends an answer was passed on: what breaks after it breaks nothing.
    private bool _hasEnded;

    // The beginning of an event whose end has not come yet stands first in the buffer, and the next read goes behind it.
    private int _partial;

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
                // What came before the break is the client's: from here on the answer has begun.
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

    /// <summary>Passes on what can be, after so many bytes were read. Returns how many that were.</summary>
    private int Pass(int read)
    {
        var bytes = _buffer.AsSpan(0, _partial + read);
        var end = isEventStream ? EndOfEvents(bytes) : bytes.Length;
        if (end > 0)
        {
            _usage.Look(bytes[..end]);
            _hasEnded = isEventStream && IsLast(bytes[..end]);
            stage.Write(bytes[..end], output);
            bytes[end..].CopyTo(_buffer);
        }

        _partial = bytes.Length - end;
        return end;
    }

    /// <summary>Whether the last of these events is the one that ends an answer.</summary>
    private static bool IsLast(ReadOnlySpan<byte> events)
    {
        var last = events[(events[..^2].LastIndexOf("\n\n"u8) is >= 0 and var before ? before + 2 : 0)..];
        return last.StartsWith("data: [DONE]"u8);
    }

    private int EndOfEvents(ReadOnlySpan<byte> bytes)
    {
        // Not where it was looked for before, but the mark of an event's end may itself be cut.
        var searched = Math.Max(0, _partial - 1);
        var at = bytes[searched..].LastIndexOf("\n\n"u8);
        return at < 0 ? 0 : searched + at + 2;
    }
}
